//! JumpCloud's regions: a key works only on its own region's hosts.

/// Where a JumpCloud organisation lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// United States, the default.
    UnitedStates,
    /// European Union.
    EuropeanUnion,
    /// India, since 2026.
    India,
}

impl Region {
    /// All regions, the default first.
    pub const ALL: [Self; 3] = [Self::UnitedStates, Self::EuropeanUnion, Self::India];

    /// Returns the console's address; the API is below it.
    pub const fn console_url(self) -> &'static str {
        match self {
            Self::UnitedStates => "https://console.jumpcloud.com",
            Self::EuropeanUnion => "https://console.eu.jumpcloud.com",
            Self::India => "https://console.in.jumpcloud.com",
        }
    }

    /// Returns the address of Directory Insights.
    pub const fn insights_url(self) -> &'static str {
        match self {
            Self::UnitedStates => "https://api.jumpcloud.com/insights/directory/v1",
            Self::EuropeanUnion => "https://api.eu.jumpcloud.com/insights/directory/v1",
            Self::India => "https://api.in.jumpcloud.com/insights/directory/v1",
        }
    }

    /// Returns the region's name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::UnitedStates => "United States",
            Self::EuropeanUnion => "European Union",
            Self::India => "India",
        }
    }

    /// Returns the region of a console's host; `None` for any other server.
    pub fn of_host(host: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.console_url().strip_prefix("https://") == Some(host))
    }
}
