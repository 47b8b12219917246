//! What is known about keys in the operating system's secret store, so that showing a connection does not ask it each time:
//! a locked store answers after a minute and a half, and a prompt that comes back by itself is a nuisance.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lockstep_core::ids::ConnectionId;
use tokio::sync::OnceCell;

use super::views::{KeyKind, KeyStatus};

/// How long it is believed that there is no key, or that the store does not answer: somebody may unlock it meanwhile.
const DOUBT_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Answers of the secret store; a fingerprint at the most, never a key.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys {
    answers: Mutex<BTreeMap<(ConnectionId, &'static str), Answer>>,
}

/// Filled by whoever asks first; the others wait for the same answer.
type Answer = Arc<OnceCell<(KeyStatus, Timestamp)>>;

impl KnownKeys {
    /// Returns what is known, or else asks. A key that was found is believed until it is forgotten.
    pub(crate) async fn status(
        &self,
        id: &ConnectionId,
        kind: KeyKind,
        now: Timestamp,
        ask: impl Future<Output = KeyStatus>,
    ) -> KeyStatus {
        let answer = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = answers.entry((id.clone(), kind.name())).or_default();
            let is_doubtful = answer.get().is_some_and(|(status, since)| {
                !status.is_stored && now.duration_since(*since) >= DOUBT_AFTER
            });
            if is_doubtful {
                *answer = Answer::default();
            }
            Arc::clone(answer)
        };
        answer.get_or_init(|| async { (ask.await, now) }).await.0.clone()
    }

    /// Notes what was found while the key was read for use.
    pub(crate) fn note(&self, id: &ConnectionId, status: KeyStatus, now: Timestamp) {
        let key = (id.clone(), status.kind.name());
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(key, Arc::new(OnceCell::new_with(Some((status, now)))));
    }

    /// Forgets what is known about a connection's keys.
    pub(crate) fn forget(&self, id: &ConnectionId) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|(connection, _), _| connection != id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const KIND: KeyKind = KeyKind::Scim;

    fn status(fingerprint: Option<&str>) -> KeyStatus {
        KeyStatus {
            kind: KIND,
            is_stored: fingerprint.is_some(),
            origin: None,
            fingerprint: fingerprint.map(str::to_owned),
            problem: None,
        }
    }

    /// A secret store that counts how often it is asked.
    struct Asked {
        known: KnownKeys,
        times: AtomicU32,
        start: Timestamp,
    }

    impl Asked {
        fn new() -> Self {
            let start = "2026-03-02T08:00:00Z".parse().unwrap();
            Self { known: KnownKeys::default(), times: AtomicU32::new(0), start }
        }

        async fn show(&self, seconds: i64, there: Option<&str>) -> Option<String> {
            let now = self.start + SignedDuration::from_secs(seconds);
            let ask = async {
                self.times.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                status(there)
            };
            self.known.status(&"acme".into(), KIND, now, ask).await.fingerprint
        }

        fn times(&self) -> u32 {
            self.times.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn a_key_that_was_found_is_not_asked_for_again_until_it_is_forgotten() {
        let store = Asked::new();
        for seconds in [0, 1, 100_000] {
            assert_eq!(store.show(seconds, Some("aaaa")).await.as_deref(), Some("aaaa"));
        }
        assert_eq!(store.times(), 1, "the first look is remembered");
        store.known.forget(&"another".into());
        assert_eq!(store.show(1, Some("bbbb")).await.as_deref(), Some("aaaa"), "that was another connection");
        store.known.forget(&"acme".into());
        assert_eq!(store.show(1, Some("bbbb")).await.as_deref(), Some("bbbb"), "a new key is seen at once");
    }

    #[tokio::test]
    async fn a_store_that_did_not_answer_is_asked_again_after_a_minute() {
        let store = Asked::new();
        assert_eq!(store.show(0, None).await, None);
        assert_eq!(store.show(59, Some("aaaa")).await, None, "not yet: it may be slow");
        assert_eq!(store.show(60, Some("aaaa")).await.as_deref(), Some("aaaa"), "it was unlocked meanwhile");
        assert_eq!(store.times(), 2);
    }

    #[tokio::test]
    async fn those_who_look_at_the_same_time_ask_once() {
        let store = Asked::new();
        let looks = futures::future::join_all((0..5).map(|_| store.show(0, Some("aaaa")))).await;
        assert_eq!((looks.len(), store.times()), (5, 1));
    }

    #[tokio::test]
    async fn what_was_found_while_a_key_was_used_is_shown() {
        let store = Asked::new();
        assert_eq!(store.show(0, None).await, None);
        store.known.note(&"acme".into(), status(Some("cccc")), store.start);
        assert_eq!(store.show(1, None).await.as_deref(), Some("cccc"), "a run could read it");
    }
}
