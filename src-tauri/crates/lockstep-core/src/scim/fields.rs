//! SCIM objects whose attributes' names may come in any letter case (RFC 7643 §2.1), and where one object may stand for a list of one.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::lenient::Text;

/// An object whose fields are read one by one.
pub(crate) trait Fields<'de>: Default {
    /// The attributes that are read, spelt as in the RFC.
    const NAMES: &'static [&'static str];

    /// Reads one attribute's value; `name` is one of [`Self::NAMES`].
    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error>;

    /// Takes a plain value that stands where an object was expected.
    fn plain(&mut self, _text: Text<'de>) {}
}

/// Reads an object; anything else leaves the fields at their defaults.
#[derive(Default)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Fields<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = T::default();
        deserializer.deserialize_any(FieldsVisitor { fields: &mut fields, list: None::<fn(T)> })?;
        Ok(Self(fields))
    }
}

/// Reads a list of objects; a single object counts as a list of one, null and other values as an empty list.
pub(crate) struct Objects<T>(pub(crate) Vec<T>);

impl<T> Default for Objects<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Fields<'de>> Deserialize<'de> for Objects<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut single = T::default();
        let mut items = Vec::new();
        let shape = deserializer
            .deserialize_any(FieldsVisitor { fields: &mut single, list: Some(|item| items.push(item)) })?;
        if shape == Shape::Single {
            items.push(single);
        }
        Ok(Self(items))
    }
}

/// What stood in the place of an object or a list.
#[derive(PartialEq, Eq)]
enum Shape {
    Nothing,
    Single,
    List,
}

struct FieldsVisitor<'v, T, F> {
    fields: &'v mut T,
    list: Option<F>,
}

impl<'de, T: Fields<'de>, F: FnMut(T)> FieldsVisitor<'_, T, F> {
    fn plain(self, text: Option<Cow<'de, str>>) -> Shape {
        self.fields.plain(Text(text));
        Shape::Single
    }
}

impl<'de, T: Fields<'de>, F: FnMut(T)> Visitor<'de> for FieldsVisitor<'_, T, F> {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Shape, A::Error> {
        while let Some(Name(name, PhantomData)) = object.next_key::<Name<T>>()? {
            match name {
                Some(name) => self.fields.read(name, &mut object)?,
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Shape::Single)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        match self.list {
            Some(mut push) => {
                while let Some(Object(item)) = list.next_element()? {
                    push(item);
                }
            }
            None => while list.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(Shape::List)
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Shape, E> {
        Ok(self.plain(Some(Cow::Borrowed(text))))
    }
    fn visit_str<E>(self, text: &str) -> Result<Shape, E> {
        Ok(self.plain(Some(Cow::Owned(text.to_owned()))))
    }
    fn visit_bool<E>(self, _value: bool) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }
    fn visit_i64<E>(self, _value: i64) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }
    fn visit_u64<E>(self, _value: u64) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }
    fn visit_f64<E>(self, _value: f64) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }
    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Nothing)
    }
}

/// An attribute's name as `T` spells it; `None` for one that is not read.
struct Name<T>(Option<&'static str>, PhantomData<T>);

impl<'de, T: Fields<'de>> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor<T>(PhantomData<T>);

        impl<'de, T: Fields<'de>> Visitor<'de> for NameVisitor<T> {
            type Value = Name<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an attribute name")
            }
            fn visit_str<E>(self, text: &str) -> Result<Name<T>, E> {
                let exact = T::NAMES.iter().find(|name| **name == text);
                let name = exact.or_else(|| T::NAMES.iter().find(|name| name.eq_ignore_ascii_case(text)));
                Ok(Name(name.copied(), PhantomData))
            }
        }

        deserializer.deserialize_str(NameVisitor(PhantomData))
    }
}

/// One value of a multi-valued attribute (RFC 7643 §2.4), or one member of a group.
#[derive(Debug, Default)]
pub(crate) struct Entry<'a> {
    pub(crate) value: Text<'a>,
    pub(crate) kind: Text<'a>,
    pub(crate) primary: Text<'a>,
}

impl<'de> Fields<'de> for Entry<'de> {
    const NAMES: &'static [&'static str] = &["value", "type", "primary"];

    fn read<A: MapAccess<'de>>(&mut self, name: &'static str, object: &mut A) -> Result<(), A::Error> {
        match name {
            "value" => self.value = object.next_value()?,
            "type" => self.kind = object.next_value()?,
            _ => self.primary = object.next_value()?,
        }
        Ok(())
    }

    fn plain(&mut self, text: Text<'de>) {
        self.value = text;
    }
}

impl Entry<'_> {
    /// Whether `type` is the given one, in any letter case.
    pub(crate) fn is_of_type(&self, kind: &str) -> bool {
        self.kind.filled().is_some_and(|own| own.trim().eq_ignore_ascii_case(kind))
    }

    /// Whether it is marked as primary.
    pub(crate) fn is_primary(&self) -> bool {
        self.primary.flag() == Some(true)
    }
}
