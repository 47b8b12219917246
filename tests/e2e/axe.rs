//! axe-core's rules of accessibility, run inside the window.

use std::fmt;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::driver::Driver;

/// A rule that the page breaks.
#[derive(Clone, Debug)]
pub struct Violation {
    /// axe's name of the rule, such as `color-contrast`.
    pub rule: String,
    /// `serious` or `critical`.
    pub impact: String,
    /// What is asked for.
    pub help: String,
    /// Selectors of the elements that break it, with axe's reason.
    pub places: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "- {} ({}): {}", self.rule, self.impact, self.help)?;
        self.places.iter().try_for_each(|place| writeln!(formatter, "    {place}"))
    }
}

/// Returns the serious and critical violations of the page that is shown now.
///
/// # Errors
/// When axe-core has not been installed (`npm ci` in `ui/`) or does not run.
pub async fn violations(driver: &Driver) -> anyhow::Result<Vec<Violation>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(&file).with_context(|| format!("{} is missing", file.display()))?;
    driver.run(&format!("if (!window.axe) {{ {source} }}")).await.context("axe-core could not be loaded")?;
    let answer = driver
        .run_async(
            "const done = arguments[arguments.length - 1];
             window.axe.run(document, { resultTypes: ['violations'] })
               .then(result => done({ ran: result.passes.length + result.violations.length, violations: result.violations }))
               .catch(error => done({ error: String(error) }));",
        )
        .await
        .context("axe-core could not run")?;
    if let Some(error) = answer.get("error") {
        anyhow::bail!("axe-core failed: {error}");
    }
    anyhow::ensure!(answer.get("ran").and_then(Value::as_u64) > Some(0), "axe-core ran no rule");
    let found = answer.get("violations").and_then(Value::as_array).context("axe-core answered nothing")?;
    Ok(found
        .iter()
        .map(violation)
        .filter(|violation| ["serious", "critical"].contains(&violation.impact.as_str()))
        .collect())
}

fn violation(value: &Value) -> Violation {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let nodes = value.get("nodes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let places = nodes.iter().map(|node| {
        let summary = node.get("failureSummary").and_then(Value::as_str).unwrap_or_default();
        format!("{} {}", node.get("target").unwrap_or(&Value::Null), summary.replace('\n', " "))
    });
    Violation { rule: text("id"), impact: text("impact"), help: text("help"), places: places.collect() }
}
