//! A posted form.

use std::collections::BTreeMap;

/// Fields of `application/x-www-form-urlencoded`; of several with one name, the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub(super) fn read(body: &[u8]) -> Form {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields.entry(name.into_owned()).or_insert(value.into_owned());
        }
        Form(fields)
    }

    /// Returns a field, "" where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}
