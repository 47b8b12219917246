//! What is predicted before a decision is what the sandbox then does: takeovers, unbinding, deleting.
//!
//! Each organisation is built anew in one sandbox; each prediction is read from the façade, then the thing is done through
//! the engine, and the sandbox's own evaluation of members and app access is compared. A failing organisation is made
//! smaller before it is shown. `LOCKSTEP_PREDICTION_SEED=N` tells one run again.

mod bench;
mod fates;
mod organisation;
mod takeovers;
mod world;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use bench::PredictionBench;
use organisation::{Organisation, organisation};

/// Predictions that each of the four runs compares; a thousand in all.
const PREDICTIONS: usize = 250;
/// Attempts to make a failing organisation smaller.
const SIMPLER: usize = 150;

/// How many predictions of each sort were compared.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Compared {
    pub(crate) takeovers: usize,
    pub(crate) other_answers: usize,
    pub(crate) unbound: usize,
    pub(crate) deleted: usize,
}

impl Compared {
    fn total(&self) -> usize {
        self.takeovers + self.other_answers + self.unbound + self.deleted
    }
}

/// Everything that is compared in one organisation. The error says what was predicted and what happened.
async fn compare(bench: &PredictionBench, organisation: &Organisation) -> Result<Compared, String> {
    let connection = bench.connect(organisation).await?;
    let mut compared = Compared::default();
    connection.sync().await?;
    for change in organisation.late_changes() {
        // A team that is not in Atlassian yet gets nothing.
        drop(bench.sandbox.world().change(&change));
    }
    takeovers::compare(&connection, organisation, &mut compared).await?;
    fates::compare(&connection, organisation, &mut compared).await?;
    connection.forget().await?;
    Ok(compared)
}

async fn compare_many(seed: u64) {
    let wanted = std::env::var("LOCKSTEP_PREDICTION_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = wanted.unwrap_or(seed);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let mut bench = PredictionBench::start().await;
    let mut compared = Compared::default();
    let mut number = 0;
    while compared.total() < PREDICTIONS {
        let mut tree = organisation().new_tree(&mut runner).expect("any organisation will do");
        number += 1;
        assert!(number <= PREDICTIONS * 2, "hardly anything can be compared: {compared:?}");
        match compare(&bench, &tree.current()).await {
            Ok(more) => {
                compared.takeovers += more.takeovers;
                compared.other_answers += more.other_answers;
                compared.unbound += more.unbound;
                compared.deleted += more.deleted;
            }
            Err(first) => {
                let (smallest, error) = simplest(&mut bench, &mut tree, first).await;
                panic!("seed {seed}, organisation {number}: {error}\n{smallest:#?}");
            }
        }
    }
    println!("{number} organisations: {compared:?}");
    let least = compared.takeovers.min(compared.unbound).min(compared.deleted);
    assert!(least >= PREDICTIONS / 10, "each sort has its share: {compared:?}");
}

/// Makes an organisation smaller as long as something is still wrong with it.
async fn simplest(
    bench: &mut PredictionBench,
    tree: &mut impl ValueTree<Value = Organisation>,
    error: String,
) -> (Organisation, String) {
    let (mut smallest, mut error) = (tree.current(), error);
    let mut can_go_on = tree.simplify();
    for _ in 0..SIMPLER {
        if !can_go_on {
            break;
        }
        // Whatever the failure left behind is gone with a new engine.
        *bench = PredictionBench::start().await;
        can_go_on = match compare(bench, &tree.current()).await {
            Err(other) => {
                (smallest, error) = (tree.current(), other);
                tree.simplify()
            }
            Ok(_) => tree.complicate(),
        };
    }
    (smallest, error)
}

macro_rules! runs {
    ($($name:ident = $seed:literal),*) => {$(
        #[tokio::test]
        async fn $name() {
            compare_many($seed).await;
        }
    )*};
}

runs!(
    predictions_equal_what_the_sandbox_then_does_1 = 1,
    predictions_equal_what_the_sandbox_then_does_2 = 2,
    predictions_equal_what_the_sandbox_then_does_3 = 3,
    predictions_equal_what_the_sandbox_then_does_4 = 4
);
