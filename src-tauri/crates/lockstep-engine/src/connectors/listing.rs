//! Reads a list page by page, in parallel where its length is known, and says whether it was read to its end.
//!
//! Everything that could hide an entry makes the list incomplete, with a sentence why (R2): a page that failed, counts
//! that disagree, a length that moved, pages that repeat.

use std::hash::Hash;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use lockstep_core::snapshot::Completeness;
use rustc_hash::FxHashSet;

use crate::http::ConnectorError;

/// One page as a service sent it.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// How many entries the whole list has, where the service says so.
    pub(crate) total: Option<usize>,
}

/// How the end of a list is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Where the count is reached; without a count, at an empty page.
    AtTotal,
    /// At a page with fewer entries than asked for, whatever the count says.
    AtShortPage,
}

/// What is read, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListRequest<'a> {
    /// For sentences: "people", "the members of Engineering".
    pub(crate) what: &'a str,
    /// Entries asked for per page.
    pub(crate) page_size: usize,
    pub(crate) end: End,
    /// Pages asked for at once.
    pub(crate) in_flight: usize,
}

/// What was read: distinct entries.
#[derive(Debug)]
pub struct Listing<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Whether they are all.
    pub completeness: Completeness,
}

/// Reads the list; once more from the start if it changed meanwhile.
///
/// `fetch` takes the number of entries to skip. Errors: the first page's, and whatever stops the connection or was stopped
/// by us; any other error half-way makes the list incomplete.
pub(crate) async fn read_list<T, K, F, R>(
    request: ListRequest<'_>,
    fetch: F,
    key: impl Fn(&T) -> K,
) -> Result<Listing<T>, ConnectorError>
where
    K: Hash + Eq,
    F: Fn(usize) -> R,
    R: Future<Output = Result<Page<T>, ConnectorError>>,
{
    let first = Reading::read(request, &fetch, &key).await?;
    let reading = match first.verdict {
        Verdict::Unsteady(_) => Reading::read(request, &fetch, &key).await?,
        Verdict::Complete | Verdict::Broken(_) => first,
    };
    let completeness = match reading.verdict {
        Verdict::Complete => Completeness::Complete,
        Verdict::Unsteady(reason) | Verdict::Broken(reason) => Completeness::Incomplete { reason },
    };
    Ok(Listing { items: reading.items, completeness })
}

enum Verdict {
    Complete,
    /// Reading again may help.
    Unsteady(String),
    Broken(String),
}

struct Reading<T> {
    items: Vec<T>,
    verdict: Verdict,
}

struct Collected<'k, T, K, G> {
    items: Vec<T>,
    known: FxHashSet<K>,
    key: &'k G,
    has_duplicates: bool,
}

impl<T, K: Hash + Eq, G: Fn(&T) -> K> Collected<'_, T, K, G> {
    /// Returns how many of the page's entries are new.
    fn add(&mut self, page: Vec<T>) -> usize {
        let before = self.items.len();
        for item in page {
            if self.known.insert((self.key)(&item)) {
                self.items.push(item);
            } else {
                self.has_duplicates = true;
            }
        }
        self.items.len() - before
    }
}

impl<T> Reading<T> {
    async fn read<K, F, R, G>(request: ListRequest<'_>, fetch: &F, key: &G) -> Result<Self, ConnectorError>
    where
        K: Hash + Eq,
        F: Fn(usize) -> R,
        R: Future<Output = Result<Page<T>, ConnectorError>>,
        G: Fn(&T) -> K,
    {
        let what = request.what;
        let first = fetch(0).await?;
        let total = first.total;
        let step = first.items.len();
        let mut collected =
            Collected { items: Vec::new(), known: FxHashSet::default(), key, has_duplicates: false };
        collected.items.reserve(total.unwrap_or(step).min(1_000_000));
        collected.add(first.items);
        let mut problem = None;
        let mut has_moved = false;
        // Where the entries read in one piece from the start end, if nothing is missing before.
        let mut end = step;
        let mut last_page_length = step;

        if let Some(total) = total
            && step > 0
            && step < total
        {
            let mut gaps: Vec<(usize, usize)> = Vec::new();
            let mut next = step;
            let mut pages = FuturesUnordered::new();
            let ask = |from: usize, to: usize| {
                let page = fetch(from);
                async move { (from, to, page.await) }
            };
            loop {
                while problem.is_none() && pages.len() < request.in_flight.max(1) {
                    if let Some((from, to)) = gaps.pop() {
                        pages.push(ask(from, to));
                    } else if next < total {
                        let to = (next + step).min(total);
                        pages.push(ask(next, to));
                        next = to;
                    } else {
                        break;
                    }
                }
                let Some((from, to, page)) = pages.next().await else { break };
                match page {
                    Ok(page) => {
                        let length = page.items.len();
                        has_moved |= page.total.is_some_and(|now| now != total);
                        let new = collected.add(page.items);
                        if to >= total {
                            last_page_length = length;
                        }
                        if length == 0 {
                            problem.get_or_insert_with(|| {
                                format!(
                                    "Of {what}, {total} are counted, but none came from number {} on",
                                    from + 1
                                )
                            });
                        } else if new == 0 {
                            problem.get_or_insert_with(|| {
                                format!("The server answers several pages of {what} with the same entries")
                            });
                        } else if from + length < to {
                            gaps.push((from + length, to));
                        }
                    }
                    Err(error) if ends_everything(&error) => return Err(error),
                    Err(error) => {
                        problem.get_or_insert_with(|| half_way(what, from, &error));
                    }
                }
            }
            end = total;
        }

        // Without a count, or where the count is not to be trusted: on until the list ends by itself.
        let may_go_on = |last: usize, has_total: bool| match request.end {
            End::AtTotal => !has_total && last > 0,
            End::AtShortPage => last >= request.page_size,
        };
        while problem.is_none() && may_go_on(last_page_length, total.is_some()) {
            match fetch(end).await {
                Ok(page) => {
                    last_page_length = page.items.len();
                    has_moved |= page.total.is_some_and(|now| total.is_some_and(|total| total != now));
                    let new = collected.add(page.items);
                    if last_page_length > 0 && new == 0 {
                        // Past the end, some servers begin again; right after page one it may be a server without paging.
                        if end <= step || request.end == End::AtShortPage {
                            problem = Some(format!(
                                "The server answers several pages of {what} with the same entries"
                            ));
                        }
                        break;
                    }
                    end += last_page_length;
                }
                Err(error) if ends_everything(&error) => return Err(error),
                Err(error) => problem = Some(half_way(what, end, &error)),
            }
        }

        let got = collected.items.len();
        let verdict = match problem {
            Some(reason) if has_moved => Verdict::Unsteady(reason),
            Some(reason) => Verdict::Broken(reason),
            None if has_moved => {
                Verdict::Unsteady(format!("The number of {what} changed while they were read"))
            }
            None => match total {
                Some(total) if got < total => {
                    Verdict::Unsteady(format!("Of {what}, {total} are counted, but {got} were read"))
                }
                None if collected.has_duplicates && request.end == End::AtShortPage => {
                    Verdict::Unsteady(format!("The order of {what} changed while they were read"))
                }
                _ => Verdict::Complete,
            },
        };
        Ok(Self { items: collected.items, verdict })
    }
}

fn half_way(what: &str, skipped: usize, error: &ConnectorError) -> String {
    format!("Reading {what} failed after {skipped}: {error}")
}

/// Returns whether no other request makes sense after this error.
pub(crate) fn ends_everything(error: &ConnectorError) -> bool {
    error.stops_the_connection() || matches!(error, ConnectorError::Cancelled { .. })
}
