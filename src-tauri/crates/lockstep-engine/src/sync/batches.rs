//! The batches of a membership change: who goes into the next request (G3).
//!
//! A server that says that a request is too large (413) is believed at once. One that only refuses (400) may mean one of
//! the members: the batch goes in halves, and only when that happened twice with everybody accepted in the end is it
//! taken for a matter of size.

use std::collections::VecDeque;

use lockstep_core::ids::{ScimId, SourceUserId};

/// Batches that were accepted in parts until smaller ones are sent from the start: one may have been a fault of the moment.
const CONVINCING: u8 = 2;

/// A member on the way: the account, and the person in JumpCloud.
pub(crate) type Passenger = (ScimId, Option<SourceUserId>);

/// What is left to send of one operation.
#[derive(Debug)]
pub(crate) struct Batches {
    /// Parts of refused batches, the next one first.
    parts: VecDeque<Vec<Passenger>>,
    /// Members that no request has carried yet.
    rest: std::vec::IntoIter<Passenger>,
    doubt: Option<Doubt>,
    accepted_in_parts: u8,
}

/// A batch that was refused without a word about its size, while its parts are on the way.
#[derive(Debug, Default)]
struct Doubt {
    /// Its members of whom nothing is known yet.
    open: usize,
    /// The largest part that was accepted.
    largest: usize,
    /// Whether a member was refused alone, which explains the refusal.
    is_explained: bool,
}

impl Batches {
    /// Starts with everybody.
    pub(crate) fn new(members: Vec<Passenger>) -> Self {
        Self { parts: VecDeque::new(), rest: members.into_iter(), doubt: None, accepted_in_parts: 0 }
    }

    /// Returns the next batch of at most so many members.
    pub(crate) fn next(&mut self, size: usize) -> Option<Vec<Passenger>> {
        let size = size.max(1);
        if let Some(mut part) = self.parts.pop_front() {
            if part.len() > size {
                self.parts.push_front(part.split_off(size));
            }
            return Some(part);
        }
        let batch: Vec<Passenger> = self.rest.by_ref().take(size).collect();
        (!batch.is_empty()).then_some(batch)
    }

    /// Takes back a refused batch, to be sent in halves; returns the size of the larger half.
    pub(crate) fn halve(&mut self, mut batch: Vec<Passenger>, says_too_large: bool) -> usize {
        if !says_too_large && self.doubt.is_none() {
            self.doubt = Some(Doubt { open: batch.len(), ..Doubt::default() });
        }
        let half = batch.len().div_ceil(2);
        let second = batch.split_off(half);
        self.parts.push_front(second);
        self.parts.push_front(batch);
        half
    }

    /// Notes that so many members were accepted in one request; returns the size to keep to from now on, once it is
    /// known that size was what the server minded.
    pub(crate) fn accepted(&mut self, members: usize) -> Option<usize> {
        let doubt = self.doubt.as_mut()?;
        doubt.largest = doubt.largest.max(members);
        self.settle(members)
    }

    /// Notes that these members were refused for what they are.
    pub(crate) fn refused(&mut self, members: usize) {
        if let Some(doubt) = &mut self.doubt {
            doubt.is_explained = true;
            self.settle(members);
        }
    }

    fn settle(&mut self, members: usize) -> Option<usize> {
        let doubt = self.doubt.as_mut()?;
        doubt.open = doubt.open.saturating_sub(members);
        if doubt.open > 0 {
            return None;
        }
        let Doubt { largest, is_explained, .. } = self.doubt.take()?;
        if is_explained {
            return None;
        }
        self.accepted_in_parts = self.accepted_in_parts.saturating_add(1);
        (self.accepted_in_parts >= CONVINCING).then_some(largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(count: usize) -> Batches {
        Batches::new((0..count).map(|number| (ScimId::from(number.to_string().as_str()), None)).collect())
    }

    /// Sends everybody to a server that refuses more than `limit`; returns the sizes of the requests.
    fn sent(batches: &mut Batches, limit: usize, says_too_large: bool) -> Vec<usize> {
        let (mut size, mut sizes) = (100, Vec::new());
        while let Some(batch) = batches.next(size) {
            sizes.push(batch.len());
            if batch.len() > limit {
                let half = batches.halve(batch, says_too_large);
                size = if says_too_large { size.min(half) } else { size };
            } else if let Some(smaller) = batches.accepted(batch.len()) {
                size = size.min(smaller);
            }
        }
        sizes
    }

    #[test]
    fn a_server_that_names_the_size_is_believed_at_once() {
        assert_eq!(sent(&mut members(200), 30, true), [100, 50, 25, 25, 25, 25, 25, 25, 25, 25]);
    }

    #[test]
    fn a_server_that_only_refuses_is_understood_after_two_batches() {
        let twice = [100, 50, 25, 25, 50, 25, 25].repeat(2);
        assert_eq!(sent(&mut members(250), 30, false), [twice, vec![25, 25]].concat());
    }

    #[test]
    fn a_member_that_is_refused_alone_says_nothing_about_the_size() {
        let mut batches = members(400);
        let mut sizes = Vec::new();
        while let Some(batch) = batches.next(100) {
            sizes.push(batch.len());
            let has_a_bad_one = batch.iter().any(|(id, _)| ["7", "107", "207"].contains(&id.as_str()));
            match batch.len() {
                1 if has_a_bad_one => batches.refused(1),
                _ if has_a_bad_one => {
                    batches.halve(batch, false);
                }
                accepted => assert_eq!(batches.accepted(accepted), None, "it was the member"),
            }
        }
        assert_eq!(
            sizes.iter().filter(|size| **size == 100).count(),
            4,
            "every batch starts as large as ever"
        );
    }
}
