//! The connectors against small stand-ins for the services, and against the services' published examples.

mod admin;
mod jumpcloud;
mod jumpcloud_faults;
mod published;
mod sandbox;
mod scim;
mod scim_faults;
mod stand_in;
