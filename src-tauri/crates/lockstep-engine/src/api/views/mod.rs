//! What screens and commands show: plain values, built from the store by the façade.
//!
//! They cross to the window and to `lockstepctl` as they are. Times are RFC 3339 UTC text, ids opaque text, counts `u32`.
//! No secret ever occurs in them: of a key, only its fingerprint and whether it is stored.

mod conflicts;
mod connections;
mod events;
mod groups;
mod overview;
mod people;
mod plans;
mod runs;
mod session;
mod windows;

pub use conflicts::{
    ConflictRow, ConflictStatus, ConflictView, ConflictWindow, DecideAnswer, DecisionInput, FormerDecision,
    RefusedDecision,
};
pub use connections::{
    ApplicationChoice, Check, ConnectionDraft, ConnectionState, ConnectionView, Endpoints, KeyKind, KeyStatus,
};
pub use events::{EventDay, EventRow, EventWindow};
pub use groups::{
    BindPreview, BindableGroup, BlastRadiusView, GroupPage, GroupRow, GroupState, GroupWhy, GroupWindow,
};
pub use overview::{ChecklistItem, ExpiringPassword, Overview};
pub use people::{AttributePair, PathGroup, PersonPage, PersonRow, PersonWindow};
pub use plans::{
    ChangeSummary, GuardView, OperationDetail, OperationRow, OperationWindow, PlanCounts, PlanView, SideView,
    WhyStep,
};
pub use runs::{
    CountOf, DifferenceView, MovedView, RunOperationRow, RunOperationState, RunOperationWindow, RunPhase,
    RunProgress, RunView, RunWindow,
};
pub use session::{JobView, SandboxView, Session};
pub use windows::{Facet, FacetChoice, SortDirection, WindowQuery};
