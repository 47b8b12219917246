//! Seeded organisations.

mod generated;
mod names;
mod organisation;
mod small;
mod small_history;
mod small_people;
mod small_target;

use crate::options::{ScenarioName, Sizes};
use crate::world::World;

/// Sizes of the scenario medium.
const MEDIUM: Sizes = Sizes { people: 1_000, groups: 45, memberships: 6_000 };
/// Sizes of the scenario large (performance.md, P15).
const LARGE: Sizes = Sizes { people: 100_000, groups: 2_000, memberships: 1_000_000 };
/// The empty scenario has groups and nobody in them.
const EMPTY: Sizes = Sizes { people: 0, groups: 6, memberships: 0 };

/// Builds a world; the same name and seed give the same one, times relative to now apart.
pub(crate) fn build(name: ScenarioName, seed: u64) -> World {
    let mut world = World::new(seed);
    match name {
        ScenarioName::Small => small::build(&mut world),
        ScenarioName::Unbound => {
            small::build(&mut world);
            unbind(&mut world);
        }
        ScenarioName::ForeignApplication => {
            small::build(&mut world);
            let slack = world.source.applications.iter().find(|(_, application)| application.name == "slack");
            world.application = slack.map_or(world.application, |(key, _)| key);
        }
        ScenarioName::Medium => generated::build(&mut world, MEDIUM),
        ScenarioName::Large => generated::build(&mut world, LARGE),
        ScenarioName::Empty => generated::build(&mut world, EMPTY),
        ScenarioName::Custom(sizes) => generated::build(&mut world, sizes),
    }
    world
}

fn unbind(world: &mut World) {
    if let Some(application) = world.source.applications.get_mut(world.application) {
        application.groups = crate::world::slab::Keys::default();
    }
}
