//! The last form of a removal, in sight of who must stay: a server that does not look at its list takes everybody out.

use lockstep_core::ids::ScimId;
use lockstep_core::plan::operation::Operation;
use lockstep_core::run::remedy::{FailureClass, remedy};
use lockstep_core::scim::MemberRemovalForm;

use super::execute::Executor;
use super::journal::Failure;
use super::members::BATCH;

/// How a server was seen to take the form that names members in a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// Not tried yet.
    #[default]
    Untried,
    /// It takes out who is named, and nobody else.
    Works,
    /// It takes everybody out: never used again.
    TakesAll,
}

impl Executor {
    /// Returns who must still be in the group after a removal in this form; nobody where the form is known to be safe.
    ///
    /// # Errors
    /// The operation's failure, where the form must not be used or it cannot be told who is in the group.
    pub(crate) async fn bystanders(
        &self,
        operation: &Operation,
        group: &ScimId,
        ids: &[ScimId],
        form: MemberRemovalForm,
    ) -> Result<Vec<ScimId>, Failure> {
        if form == MemberRemovalForm::ValuePath {
            return Ok(Vec::new());
        }
        let known = self.learnt().list_form;
        match known {
            ListForm::Works => Ok(Vec::new()),
            ListForm::TakesAll => {
                let class = FailureClass::NotSupported;
                Err(failure(operation, class, class.text().to_owned()))
            }
            ListForm::Untried => match self.reader.group(group).await {
                Ok(found) => {
                    let members = found.map_or_else(Vec::new, |group| group.members);
                    Ok(members.into_iter().filter(|member| !ids.contains(member)).collect())
                }
                Err(error) => Err(failure(operation, FailureClass::Unavailable, error.to_string())),
            },
        }
    }

    /// Looks whether everybody else went along with a removal, and puts them back; then the operation has failed.
    pub(crate) async fn put_back(
        &self,
        operation: &Operation,
        group: &ScimId,
        bystanders: &[ScimId],
    ) -> Option<Failure> {
        if bystanders.is_empty() {
            return None;
        }
        let there = match self.reader.group(group).await {
            Ok(found) => found.map_or_else(Vec::new, |group| group.members),
            Err(error) => return Some(failure(operation, FailureClass::Unavailable, error.to_string())),
        };
        // One who is missing may have left just now; the server's misunderstanding leaves nobody.
        if bystanders.iter().any(|member| there.binary_search(member).is_ok()) {
            self.learnt().list_form = ListForm::Works;
            return None;
        }
        {
            let mut learnt = self.learnt();
            learnt.list_form = ListForm::TakesAll;
            learnt.removal_form = MemberRemovalForm::ValuePath;
        }
        let mut problem = None;
        for batch in bystanders.chunks(BATCH as usize) {
            if let Err(error) = self.scim.add_members(group, batch).await {
                problem = Some(error);
            }
        }
        let others = match bystanders.len() {
            1 => "the one other member".to_owned(),
            n => format!("the {n} other members"),
        };
        let text = "The server took everybody out of the group, not only those named";
        Some(failure(
            operation,
            FailureClass::NotSupported,
            match problem {
                None => format!("{text}; {others} were put back"),
                Some(error) => format!("{text}, and {others} could not all be put back: {error}"),
            },
        ))
    }
}

fn failure(operation: &Operation, class: FailureClass, error: String) -> Failure {
    Failure {
        class,
        status: None,
        error,
        remedy: remedy(operation.kind, class).to_owned(),
        duration: std::time::Duration::ZERO,
    }
}
