//! Figures and how they are printed.

use std::io::Write;

use anyhow::Result;

/// Values of one thing measured several times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// Returns the middle value; 0 for none.
    pub(crate) fn median(&self) -> f64 {
        let count = self.0.len();
        let at = |index: usize| self.0.get(index).copied().unwrap_or(0.0);
        if count % 2 == 1 {
            at(count / 2)
        } else {
            f64::midpoint(at((count / 2).saturating_sub(1)), at(count / 2))
        }
    }

    fn text(&self, digits: usize) -> String {
        let first = self.0.first().copied().unwrap_or(0.0);
        let last = self.0.last().copied().unwrap_or(0.0);
        format!("{:.digits$} ({first:.digits$}–{last:.digits$})", self.median())
    }
}

/// Two sides measured in turns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pair {
    pub(crate) reference: Series,
    pub(crate) ours: Series,
    /// Ours by reference, turn by turn.
    ratios: Series,
}

impl Pair {
    /// Adds one turn.
    pub(crate) fn push(&mut self, reference: f64, ours: f64) {
        self.reference.push(reference);
        self.ours.push(ours);
        self.ratios.push(ours / reference.max(f64::MIN_POSITIVE));
    }
}

struct Row {
    figure: String,
    what: String,
    reference: String,
    ours: String,
    ratio: String,
    goal: String,
}

/// Everything measured.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// Adds a ratio; `most` is what it may be.
    pub(crate) fn ratio(&mut self, figure: &str, what: &str, pair: &Pair, digits: usize, most: Option<f64>) {
        let ratio = pair.ours.median() / pair.reference.median().max(f64::MIN_POSITIVE);
        let goal = most.map_or_else(String::new, |most| {
            format!("≤ {most:.2} {}", if ratio <= most { "met" } else { "MISSED" })
        });
        self.add(Row {
            figure: figure.to_owned(),
            what: what.to_owned(),
            reference: pair.reference.text(digits),
            ours: pair.ours.text(digits),
            ratio: format!("{ratio:.2} [{}]", pair.ratios.text(2)),
            goal,
        });
    }

    /// Adds a figure that is no ratio.
    pub(crate) fn value(&mut self, figure: &str, what: &str, value: String, goal: &str, met: bool) {
        let goal = if goal.is_empty() {
            String::new()
        } else {
            format!("{goal} {}", if met { "met" } else { "MISSED" })
        };
        self.add(Row {
            figure: figure.to_owned(),
            what: what.to_owned(),
            reference: String::new(),
            ours: value,
            ratio: String::new(),
            goal,
        });
    }

    fn add(&mut self, row: Row) {
        // Told at once as well: a long benchmark that is broken off has told what it knew.
        let _ = writeln!(
            std::io::stderr(),
            "{} {}: {} | {} | {} | {}",
            row.figure,
            row.what,
            row.reference,
            row.ours,
            row.ratio,
            row.goal
        );
        self.0.push(row);
    }

    /// Prints all rows.
    pub(crate) fn print(&self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "| figure | what | reference: median (min–max) | Lockstep | ratio of medians [turn by turn] | goal |"
        )?;
        writeln!(out, "|---|---|---|---|---|---|")?;
        for row in &self.0 {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                row.figure, row.what, row.reference, row.ours, row.ratio, row.goal
            )?;
        }
        Ok(())
    }
}
