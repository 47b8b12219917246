//! Keys from environment variables; they are read anew each time and never written anywhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use lockstep_core::ids::ConnectionId;

use super::{SecretError, SecretKind, Sensitive};

/// Where environment variables are read.
#[derive(Clone, Default)]
pub enum Environment {
    /// The process's own.
    #[default]
    Process,
    /// A fixed set; nothing else is seen.
    Fixed(Arc<BTreeMap<String, String>>),
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Process => "Process",
            // Its values are keys.
            Self::Fixed(_) => "Fixed(****)",
        })
    }
}

impl Environment {
    /// Returns an environment with exactly these variables.
    pub fn fixed<N: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self::Fixed(Arc::new(variables))
    }

    /// Returns the key and the variable that it came from; the connection's own variable wins. Blank counts as not set.
    pub(super) fn find(
        &self,
        connection: &ConnectionId,
        kind: SecretKind,
    ) -> Result<Option<(Sensitive, String)>, SecretError> {
        for variable in [kind.variable_for(connection), kind.variable().to_owned()] {
            if let Some(value) = self.read(&variable)? {
                return Ok(Some((value, variable)));
            }
        }
        Ok(None)
    }

    fn read(&self, variable: &str) -> Result<Option<Sensitive>, SecretError> {
        let value = match self {
            Self::Process => match std::env::var(variable) {
                Ok(value) => Some(value),
                Err(std::env::VarError::NotPresent) => None,
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(SecretError::NotText { variable: variable.to_owned() });
                }
            },
            Self::Fixed(variables) => variables.get(variable).cloned(),
        };
        Ok(value.map(Sensitive::new).filter(|key| !key.is_empty()))
    }
}
