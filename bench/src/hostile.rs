//! `bench hostile`: what users notice of attacks at every port, against the same users alone.
//!
//! The load generator, the attackers and the servers share the machine, so attacks also take processor time that users'
//! requests could have had; the ratio includes that.

use std::time::Duration;

use serde_json::{Value, json};
use system_tests::hostile::{self, Attack, Normal, Report};
use system_tests::stack::{Plan, Stack};

use crate::process::peak_resident_mib;
use crate::rows::{Row, rounded, row};
use crate::spread::Spread;

/// One row for each load, one for what they leave behind, and one for each attack.
///
/// # Errors
/// When a program does not start, or ends.
pub async fn hostile(seconds: u64) -> anyhow::Result<Vec<Row>> {
    let stack = Stack::start(Plan::worked_example()).await?;
    let alone = Duration::from_secs(seconds.div_ceil(5));
    let report = hostile::hostile(&stack, alone, Duration::from_secs(seconds)).await?;
    let mut rows = vec![
        load("alone", &report.alone),
        load("beside attacks", &report.beside),
    ];
    rows.push(row(json!({
        "auction_p99_to_alone": ratio(&report.beside.auctions, &report.alone.auctions),
        "ack_p99_to_alone": ratio(&report.beside.acks, &report.alone.acks),
        "query_p99_to_alone": ratio(&report.beside.queries, &report.alone.queries),
        "acknowledged": report.acknowledged,
        "stored": report.stored,
        "derived": report.derived,
        "bid_server_peak_mib": peak_resident_mib(stack.bid_server.id())?.round(),
        "log_ingest_peak_mib": peak_resident_mib(stack.log()?.id())?.round(),
    })));
    rows.extend(attacks(&report));
    Ok(rows)
}

fn load(name: &str, load: &Normal) -> Row {
    row(json!({
        "load": name,
        "auctions": load.auctions.len(),
        "auction_p50_ms": percentile(&load.auctions, 50),
        "auction_p99_ms": percentile(&load.auctions, 99),
        "ack_p50_ms": percentile(&load.acks, 50),
        "ack_p99_ms": percentile(&load.acks, 99),
        "ack_longest_ms": percentile(&load.acks, 100),
        "query_p99_ms": percentile(&load.queries, 99),
        "derived_longest_ms": percentile(&load.derived, 100),
        "put_off": load.put_off,
        "refused": load.refused.len(),
        "first_refused": load.refused.first(),
    }))
}

fn attacks(report: &Report) -> Vec<Row> {
    let of = |attack: Attack| {
        let outcomes = report.strikes.get(&attack).cloned().unwrap_or_default();
        let told: Vec<String> = outcomes
            .iter()
            .map(|(outcome, count)| format!("{outcome}: {count}"))
            .collect();
        row(json!({
            "attack": format!("{attack:?}"),
            "strikes": Value::from(outcomes.values().sum::<u64>()),
            "answers": told.join(", "),
        }))
    };
    Attack::ALL.into_iter().map(of).collect()
}

fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut spread = Spread::default();
    spread.add(times.to_vec());
    rounded(spread.percentile_ms(percent))
}

fn ratio(beside: &[Duration], alone: &[Duration]) -> f64 {
    rounded(percentile(beside, 99) / percentile(alone, 99))
}
