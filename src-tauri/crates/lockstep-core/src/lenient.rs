//! JSON values of services that do not keep to their descriptions: a value of another type counts as absent.
//!
//! Only for values inside an object. The list or the object that was asked for is never read leniently: an answer without it is an error (R2).

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Text, or a number or boolean as text; nothing for null, lists and objects. Borrows from the body where it can.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text<'a>(
    /// The text as it was sent, blank included.
    pub Option<Cow<'a, str>>,
);

impl Text<'_> {
    /// Returns the text unless it is absent or blank: the services send both for "not set".
    pub fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }

    /// Reads a truth value: `true`, `"True"`, `1`, `"1"`; `None` for what is neither true nor false.
    pub fn flag(&self) -> Option<bool> {
        match self.filled()?.trim() {
            text if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
            text if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
            _ => None,
        }
    }

    /// Reads a count, `100` or `"100"`; `None` for what is none or does not fit.
    pub fn count<N: std::str::FromStr>(&self) -> Option<N> {
        self.filled()?.trim().parse().ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Owned(text.to_owned()))))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Borrowed(if value { "true" } else { "false" }))))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Owned(value.to_string()))))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Owned(value.to_string()))))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Text(Some(Cow::Owned(value.to_string()))))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text(None))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None))
    }
}

/// A list inside an object; null or a value of another type counts as empty. Never for the list that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items<T>(
    /// In the order in which they were sent.
    pub Vec<T>,
);

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemsVisitor(PhantomData))
    }
}

struct ItemsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ItemsVisitor<T> {
    type Value = Items<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Items(items))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Items::default())
    }
    fn visit_bool<E>(self, _value: bool) -> Result<Self::Value, E> {
        Ok(Items::default())
    }
    fn visit_i64<E>(self, _value: i64) -> Result<Self::Value, E> {
        Ok(Items::default())
    }
    fn visit_u64<E>(self, _value: u64) -> Result<Self::Value, E> {
        Ok(Items::default())
    }
    fn visit_f64<E>(self, _value: f64) -> Result<Self::Value, E> {
        Ok(Items::default())
    }
    fn visit_str<E>(self, _value: &str) -> Result<Self::Value, E> {
        Ok(Items::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Items::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_truth_value_is_read_in_every_form_that_services_send() {
        let read = |json: &str| serde_json::from_str::<Text<'_>>(json).unwrap().flag();
        for json in ["true", "\"True\"", "1", "\" 1 \""] {
            assert_eq!(read(json), Some(true), "{json} says yes");
        }
        for json in ["false", "\"FALSE\"", "0", "\"0\""] {
            assert_eq!(read(json), Some(false), "{json} says no");
        }
        for json in ["null", "\"\"", "2", "\"yes\"", "[true]", "{\"value\":true}"] {
            assert_eq!(read(json), None, "{json} says neither: the caller knows what absence means");
        }
    }

    #[test]
    fn a_count_that_does_not_fit_is_absent() {
        let text: Text<'_> = serde_json::from_str("70000").unwrap();
        assert_eq!((text.count::<u32>(), text.count::<u16>()), (Some(70_000), None));
    }
}
