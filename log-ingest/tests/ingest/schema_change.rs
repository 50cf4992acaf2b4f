//! Tables that an older version made.

use std::path::Path;

use ad_events::render::RENDER_EVENTS;
use deltalake::kernel::{DataType, PrimitiveType, StructField};
use deltalake::{DeltaTable, ensure_table_uri};
use log_ingest::query::engine::Engine;
use log_ingest::table::lake::Lake;
use log_ingest::table::schema::delta_fields;
use log_receiver::TableSink;

use crate::fixture::{LIMITS, one_of_each, segment};

#[tokio::test]
async fn a_column_that_an_old_table_lacks_is_added() {
    let directory = tempfile::tempdir().unwrap();
    let mut fields = delta_fields(&RENDER_EVENTS);
    fields.retain(|field| field.name() != "cpm");
    old_table(directory.path(), fields).await;

    let lake = Lake::create(directory.path()).await.unwrap();
    let sink = crate::fixture::sink(&lake);
    sink.land(segment(1, one_of_each())).await.unwrap();
    let engine = Engine::new(lake, LIMITS).unwrap();
    let answer = engine
        .query("SELECT 1 FROM render_events WHERE cpm = 1.2")
        .await
        .unwrap();
    assert_eq!(
        answer
            .batches
            .iter()
            .map(|batch| batch.num_rows())
            .sum::<usize>(),
        1
    );
}

#[tokio::test]
async fn a_column_of_another_type_stops_the_start_and_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let mut fields = delta_fields(&RENDER_EVENTS);
    fields.retain(|field| field.name() != "cpm");
    let text = DataType::Primitive(PrimitiveType::String);
    fields.push(StructField::new("cpm", text, true));
    old_table(directory.path(), fields).await;

    let error = Lake::create(directory.path())
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "table render_events on disk has column cpm of type string, expected double"
    );
}

async fn old_table(directory: &Path, fields: Vec<StructField>) {
    let path = directory.join("render_events");
    let location = ensure_table_uri(path.to_str().unwrap()).unwrap();
    let table = DeltaTable::try_from_url(location).await.unwrap();
    let columns = table.create().with_columns(fields);
    columns
        .with_partition_columns(["event_date"])
        .await
        .unwrap();
}
