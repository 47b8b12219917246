//! Which event of the log an operation's end is; names as in JumpCloud's Directory Insights.

use lockstep_core::plan::operation::OperationKind;

/// Returns the event type; `None` for what sends nothing.
pub(crate) const fn event_type(kind: OperationKind) -> Option<&'static str> {
    match kind {
        OperationKind::CreateUser => Some("user_create_provision"),
        OperationKind::LinkUser | OperationKind::UpdateUser | OperationKind::ActivateUser => {
            Some("user_update_provision")
        }
        OperationKind::DeactivateUser => Some("user_deprovision"),
        OperationKind::DeleteUser => Some("user_delete_provision"),
        OperationKind::CreateGroup => Some("group_create_provision"),
        OperationKind::TakeOverGroup
        | OperationKind::RenameGroup
        | OperationKind::AddMembers
        | OperationKind::RemoveMembers
        | OperationKind::AddSourceMembers => Some("group_update_provision"),
        OperationKind::DeleteGroup => Some("group_delete_provision"),
        OperationKind::ReleaseGroup => None,
    }
}
