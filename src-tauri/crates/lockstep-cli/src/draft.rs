//! From command-line options to what the engine stores.

use lockstep_core::policy::{DeletedUsers, DomainPolicy, UserOrder};
use lockstep_engine::api::views::ConnectionDraft;

use crate::args::{ConnectionOptions, DeletedUsersArg, OnOff, UserOrderArg};

/// Requests in flight by default; the services' gateways take it, and more gains nothing at usual latencies.
pub(crate) const CONCURRENCY: u32 = 16;

/// Writes the options that were given into the draft; what was not given stays.
pub(crate) fn apply(options: ConnectionOptions, draft: &mut ConnectionDraft) {
    let ConnectionOptions {
        insights_url,
        jumpcloud_org,
        organisation_url,
        organisation_id,
        group_management,
        verified_domain,
        any_domain,
        user_limit,
        user_order,
        max_deactivations,
        max_deactivation_share,
        max_removal_share,
        protect_person,
        protect_group,
        deleted_users,
        concurrency,
        read_interval,
    } = options;
    let endpoints = &mut draft.endpoints;
    replace(&mut endpoints.insights_url, insights_url);
    replace(&mut endpoints.jumpcloud_organisation, jumpcloud_org);
    replace(&mut endpoints.organisation_url, organisation_url);
    replace(&mut endpoints.organisation_id, organisation_id);
    replace(&mut draft.read_interval_seconds, read_interval);
    draft.concurrency = concurrency.unwrap_or(draft.concurrency);

    let policy = &mut draft.policy;
    if let Some(switch) = group_management {
        policy.group_management = switch == OnOff::On;
    }
    if !verified_domain.is_empty() {
        policy.domains = DomainPolicy::VerifiedOnly;
        policy.typed_domains = verified_domain.iter().map(|domain| domain.trim().to_lowercase()).collect();
    }
    if any_domain {
        policy.domains = DomainPolicy::Any;
    }
    policy.user_limit = user_limit.unwrap_or(policy.user_limit);
    if let Some(order) = user_order {
        policy.user_order = match order {
            UserOrderArg::Joined => UserOrder::Joined,
            UserOrderArg::Name => UserOrder::Name,
            UserOrderArg::JumpcloudCreated => UserOrder::JumpcloudCreated,
        };
    }
    replace(&mut policy.guards.max_deactivations, max_deactivations);
    replace(&mut policy.guards.max_deactivation_share, max_deactivation_share);
    replace(&mut policy.guards.max_removal_share, max_removal_share);
    if !protect_person.is_empty() {
        policy.protected_people = protect_person.iter().map(|email| email.trim().to_lowercase()).collect();
    }
    if !protect_group.is_empty() {
        policy.protected_groups = protect_group.into_iter().collect();
    }
    if let Some(deleted) = deleted_users {
        policy.deleted_users = match deleted {
            DeletedUsersArg::Deactivate => DeletedUsers::Deactivate,
            DeletedUsersArg::Delete => DeletedUsers::Delete,
        };
    }
}

fn replace<T>(slot: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *slot = value;
    }
}
