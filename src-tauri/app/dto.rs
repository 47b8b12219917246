//! Transport types whose shape differs from the engine's.

use lockstep_core::ids::OperationId;
use lockstep_core::plan::approval::{AllowIrreversible, Approval};
use lockstep_engine::api::checks::DraftKeys;
use lockstep_engine::secrets::Sensitive;
use lockstep_sandbox::Story;
use serde::{Deserialize, Serialize};

/// Keys typed into a form. They go in only: no answer ever carries one.
#[derive(Deserialize, specta::Type)]
pub(crate) struct KeysInput {
    jumpcloud: Option<String>,
    scim: Option<String>,
    organisation: Option<String>,
}

impl From<KeysInput> for DraftKeys {
    fn from(keys: KeysInput) -> Self {
        let key = |text: Option<String>| text.filter(|text| !text.trim().is_empty()).map(Sensitive::new);
        Self { jumpcloud: key(keys.jumpcloud), scim: key(keys.scim), organisation: key(keys.organisation) }
    }
}

/// What a person decides when approving.
#[derive(Debug, Clone, Deserialize, specta::Type)]
pub(crate) struct ApprovalInput {
    /// Why tripped guards are overridden; `null` leaves them held.
    pub override_reason: Option<String>,
    /// Irreversible operations, chosen one by one.
    pub allow_irreversible: Vec<OperationId>,
}

impl ApprovalInput {
    /// Returns what the approval covers.
    pub(crate) fn approval(&self) -> Approval {
        let irreversible = if self.allow_irreversible.is_empty() {
            AllowIrreversible::None
        } else {
            AllowIrreversible::Operations(self.allow_irreversible.clone())
        };
        Approval { overrides_guards: self.override_reason.is_some(), irreversible }
    }
}

/// A story that the sandbox can tell.
#[derive(Debug, Clone, Serialize, specta::Type)]
pub(crate) struct SandboxStory {
    /// Stable name.
    name: String,
    /// What happens, in a few words.
    title: String,
    /// What it shows.
    text: String,
}

impl From<&Story> for SandboxStory {
    fn from(story: &Story) -> Self {
        Self { name: story.name.to_owned(), title: story.title.to_owned(), text: story.text.to_owned() }
    }
}
