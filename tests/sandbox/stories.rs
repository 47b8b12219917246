//! The stories: each can be told in the small organisation, and changes it.

use lockstep_sandbox::{STORIES, Sandbox, SandboxOptions, StoryError};

#[tokio::test]
async fn every_story_can_be_told_in_the_small_organisation_and_changes_it() {
    for story in STORIES {
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        if story.name == "accept-takeover" {
            // It continues another story: a group has to wait. Told in `takeover.rs`.
            continue;
        }
        let before = sandbox.world().dump();
        let text = sandbox.world().tell(story.name).unwrap_or_else(|error| panic!("{}: {error}", story.name));
        assert!(text.ends_with('.'), "{}: what happened is a sentence: {text}", story.name);
        assert_ne!(before, sandbox.world().dump(), "{}: the world has changed", story.name);
        sandbox.stop().await;
    }
}

#[tokio::test]
async fn a_story_that_nobody_knows_is_refused() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let told = sandbox.world().tell("dragons");
    assert!(matches!(told, Err(StoryError::Unknown(_))), "{told:?}");
}
