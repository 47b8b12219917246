//! Explanations as the headless contract has them: of a person or a group, from the cached reading.

use std::sync::Arc;

use lockstep_core::explain::{
    GroupExplanation, GroupKey, PersonExplanation, explain_group, explain_person, find_person,
};
use lockstep_core::ids::ConnectionId;
use lockstep_core::plan::{Plan, PlanInput, plan};

use crate::engine::Engine;
use crate::error::{EngineError, ErrorCode};

impl Engine {
    /// Says why a person's account is as it is, what happens to it, and what would change that. `email` may be a user name.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection, before both sides were read, and where neither side knows the person.
    pub async fn explain_person(
        &self,
        id: &ConnectionId,
        email: &str,
    ) -> Result<PersonExplanation, EngineError> {
        let wanted = email.trim().to_owned();
        let found =
            self.explain(id, move |input, plan| explain_person(input, plan, &find_person(input, &wanted)?));
        found.await?.ok_or_else(|| {
            let message = format!(
                "Neither JumpCloud nor the directory in Atlassian knew {email} when they were last read"
            );
            unknown(id, message, "Check the address: the one in JumpCloud, or the one in Atlassian")
        })
    }

    /// Says why a group is as it is, what happens to it, and what would change that.
    ///
    /// # Errors
    /// `NotFound` for an unknown connection, before both sides were read, and where no such group is bound, linked or in
    /// the directory.
    pub async fn explain_group(
        &self,
        id: &ConnectionId,
        name: &str,
    ) -> Result<GroupExplanation, EngineError> {
        let wanted = GroupKey::Name(name.trim().to_owned());
        let found = self.explain(id, move |input, plan| explain_group(input, plan, &wanted));
        found.await?.ok_or_else(|| {
            let message =
                format!("No group {name} is bound, linked or in the directory, as far as was last read");
            unknown(id, message, "Check the name; upper and lower case do not matter")
        })
    }

    /// Explains from the plan that the reading in force gives; on a thread of its own, since a large organisation takes a moment.
    async fn explain<T: Send + 'static>(
        &self,
        id: &ConnectionId,
        explanation: impl FnOnce(&PlanInput<'_>, &Plan) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>, EngineError> {
        self.inner.connection_record(id).await?;
        let cached = Arc::clone(&self.inner).cached(id).await?;
        let computed = tokio::task::spawn_blocking(move || {
            let input = cached.input();
            explanation(&input, &plan(&input))
        });
        computed.await.map_err(|error| {
            EngineError::new(ErrorCode::Internal, "The explanation could not be computed").caused_by(error)
        })
    }
}

fn unknown(id: &ConnectionId, message: String, hint: &str) -> EngineError {
    EngineError::new(ErrorCode::NotFound, message)
        .hint(hint)
        .hint(format!("`lockstepctl plan {id}` reads both sides again"))
}
