//! Attacks at every port at the same time, and users beside them (issue 12).
//!
//! What users notice of them in milliseconds is for `cargo xtask bench hostile`; here it is that nothing of theirs is
//! refused or lost, however slow the machine.

use std::time::Duration;

use system_tests::hostile::{Attack, hostile};
use system_tests::stack::{Plan, Stack};

const ALONE: Duration = Duration::from_secs(2);
const BESIDE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_beside_an_attack_is_harmed() {
    let stack = Stack::start(Plan::worked_example()).await.unwrap();
    let report = hostile(&stack, ALONE, BESIDE).await.unwrap();
    for load in [&report.alone, &report.beside] {
        assert_eq!(load.refused, Vec::<String>::new(), "{:?}", report.strikes);
    }
    for attack in Attack::ALL {
        let strikes = report.strikes.get(&attack).into_iter().flatten();
        assert!(
            strikes.map(|(_, count)| count).sum::<u64>() > 0,
            "{attack:?}"
        );
    }
    assert_eq!(report.stored, report.acknowledged);
    assert_eq!(report.derived, report.messages);
}
