//! Storage for a hundred thousand objects: keys that stay, pages that are slices.

/// A sorted list of keys. Page n is a slice, one change moves a few kilobytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys(Vec<u32>);

impl Keys {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, key: u32) -> bool {
        self.0.binary_search(&key).is_ok()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_ {
        self.0.iter().copied()
    }

    /// Returns at most `limit` keys after the first `skip`.
    pub(crate) fn page(&self, skip: usize, limit: usize) -> &[u32] {
        let start = skip.min(self.0.len());
        let end = start.saturating_add(limit).min(self.0.len());
        self.0.get(start..end).unwrap_or_default()
    }

    /// Adds a key; says whether it was new.
    pub(crate) fn insert(&mut self, key: u32) -> bool {
        match self.0.binary_search(&key) {
            Ok(_) => false,
            Err(position) => {
                self.0.insert(position, key);
                true
            }
        }
    }

    /// Adds a key once more, present or not (servers that store a member twice).
    pub(crate) fn insert_again(&mut self, key: u32) {
        let position = self.0.partition_point(|other| *other <= key);
        self.0.insert(position, key);
    }

    /// Takes a key out, every time that it is in; says whether it was in.
    pub(crate) fn remove(&mut self, key: u32) -> bool {
        let start = self.0.partition_point(|other| *other < key);
        let end = self.0.partition_point(|other| *other <= key);
        self.0.drain(start..end).next().is_some()
    }
}

impl FromIterator<u32> for Keys {
    fn from_iter<I: IntoIterator<Item = u32>>(keys: I) -> Self {
        let mut keys: Vec<u32> = keys.into_iter().collect();
        keys.sort_unstable();
        keys.dedup();
        keys.shrink_to_fit();
        Keys(keys)
    }
}

/// Objects under keys that are never given again, in order of creation.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    items: Vec<Option<T>>,
    live: Keys,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab { items: Vec::new(), live: Keys::default() }
    }
}

impl<T> Slab<T> {
    pub(crate) fn insert(&mut self, item: T) -> u32 {
        // Four thousand million objects do not fit into memory anyway.
        let key = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(Some(item));
        self.live.insert(key);
        key
    }

    pub(crate) fn get(&self, key: u32) -> Option<&T> {
        self.items.get(key as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, key: u32) -> Option<&mut T> {
        self.items.get_mut(key as usize)?.as_mut()
    }

    pub(crate) fn remove(&mut self, key: u32) -> Option<T> {
        self.live.remove(key);
        self.items.get_mut(key as usize)?.take()
    }

    pub(crate) fn len(&self) -> usize {
        self.live.len()
    }

    /// Returns the keys of what is there, in order of creation.
    pub(crate) fn keys(&self) -> &Keys {
        &self.live
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.live.iter().filter_map(|key| Some((key, self.get(key)?)))
    }
}
