//! `limit`, `skip`, `sort`, `fields` and `filter` of JumpCloud's lists.

use axum::response::Response;
use serde_json::{Map, Value};

use super::errors;
use crate::services::Query;

/// JumpCloud's default page.
const DEFAULT_LIMIT: usize = 10;
/// Above it, 400.
const LARGEST_LIMIT: usize = 100;

/// Which page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) skip: usize,
    pub(crate) limit: usize,
}

impl Page {
    /// Reads `limit` and `skip`.
    pub(crate) fn read(query: &Query) -> Result<Page, Box<Response>> {
        let limit = query.number("limit").unwrap_or(DEFAULT_LIMIT);
        if limit > LARGEST_LIMIT {
            return Err(Box::new(errors::limit_too_large()));
        }
        let limit = if limit == 0 { DEFAULT_LIMIT } else { limit };
        Ok(Page { skip: query.number("skip").unwrap_or(0), limit })
    }

    pub(crate) fn of<T>(self, rows: &[T]) -> &[T] {
        let start = self.skip.min(rows.len());
        let end = start.saturating_add(self.limit).min(rows.len());
        rows.get(start..end).unwrap_or_default()
    }
}

/// The fields that a list is asked for; none means all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<String>);

impl Fields {
    /// Splits at spaces (V1) and commas (V2).
    pub(crate) fn read(text: Option<&str>) -> Fields {
        let names = text.unwrap_or("").split([' ', ',']).filter(|name| !name.is_empty());
        Fields(names.map(str::to_owned).collect())
    }

    pub(crate) fn wants(&self, name: &str) -> bool {
        self.0.is_empty() || name == "_id" || name == "id" || self.0.iter().any(|field| field == name)
    }

    /// Keeps only what is asked for.
    pub(crate) fn keep(&self, object: &mut Map<String, Value>) {
        if !self.0.is_empty() {
            object.retain(|name, _| self.wants(name));
        }
    }
}

/// One `field:op:value`.
#[derive(Clone, Debug)]
struct Condition {
    field: String,
    op: String,
    value: String,
}

/// The filters of a request: all must hold, and one of the alternatives if there are any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    all: Vec<Condition>,
    any: Vec<Condition>,
}

impl Filter {
    /// Reads V1's `filter=…`, `filter[0]=…` and `filter[or][0]=…`.
    pub(crate) fn v1(query: &Query) -> Result<Filter, Box<Response>> {
        let mut filter = Filter::default();
        for (key, text) in query.starting("filter") {
            let condition = Condition::read(text)?;
            if !condition.op.starts_with('$') {
                return Err(Box::new(errors::message(400, "Bad Request: unknown filter operator")));
            }
            if key.starts_with("filter[or]") { &mut filter.any } else { &mut filter.all }.push(condition);
        }
        Ok(filter)
    }

    /// Reads V2's repeated `filter=field:op:value`; `filter[0]` is not understood there any more.
    pub(crate) fn v2(query: &Query) -> Result<Filter, Box<Response>> {
        let mut filter = Filter::default();
        for (_, text) in query.starting("filter").filter(|(key, _)| *key == "filter") {
            // A comma parts two filters, so that a value with a comma cannot be asked for.
            for part in text.split(',') {
                filter.all.push(Condition::read(part)?);
            }
        }
        Ok(filter)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    /// Judges an object by the text of its fields.
    pub(crate) fn holds<'a>(&self, field: impl Fn(&str) -> Option<std::borrow::Cow<'a, str>>) -> bool {
        let judge = |condition: &Condition| condition.holds(field(&condition.field).as_deref());
        self.all.iter().all(judge) && (self.any.is_empty() || self.any.iter().any(judge))
    }
}

impl Condition {
    fn read(text: &str) -> Result<Condition, Box<Response>> {
        let mut parts = text.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(field), Some(op), Some(value)) => {
                Ok(Condition { field: field.to_owned(), op: op.to_owned(), value: value.to_owned() })
            }
            _ => Err(Box::new(errors::message(400, "Bad Request: filter must be field:operator:value"))),
        }
    }

    fn holds(&self, found: Option<&str>) -> bool {
        let found = found.unwrap_or("");
        match self.op.trim_start_matches('$') {
            "eq" => found == self.value,
            "ne" => found != self.value,
            "gt" => found > self.value.as_str(),
            "gte" | "ge" => found >= self.value.as_str(),
            "lt" => found < self.value.as_str(),
            "lte" | "le" => found <= self.value.as_str(),
            "search" => found.to_lowercase().contains(&self.value.to_lowercase()),
            "in" => self.value.split('|').any(|value| value == found),
            _ => false,
        }
    }
}

/// Turns a list round by an offset that grows with every unordered request: without `sort` the order of two
/// pages has nothing to do with each other, so that rows are missed or doubled.
pub(crate) fn rotate(rows: &mut [u32], unordered_lists: usize) {
    if !rows.is_empty() {
        rows.rotate_left((unordered_lists * 7) % rows.len());
    }
}
