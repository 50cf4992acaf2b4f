//! The macro that turns one list of columns into a table's schema and a sender's row type.
//!
//! A column is written once, as `name: SqlType as RustType, "meaning";`. From that come the column
//! of the table (checks, schema and documentation in log-ingest) and, with the feature `rows`, the
//! field of the struct that a sender fills and serialises. Texts in it are [`Words`], so that a sender
//! that has them already need not copy them.

/// A text of a row: borrowed from whoever fills it, or owned.
#[cfg(feature = "rows")]
pub(crate) type Words<'a> = std::borrow::Cow<'a, str>;

/// Whether a field is left out of a record.
#[cfg(feature = "rows")]
pub(crate) trait Absent {
    /// True for an empty option.
    fn is_absent(&self) -> bool {
        false
    }
}

#[cfg(feature = "rows")]
mod absent {
    use super::Absent;

    impl<T> Absent for Option<T> {
        fn is_absent(&self) -> bool {
            self.is_none()
        }
    }

    impl Absent for super::Words<'_> {}
    impl Absent for f64 {}
    impl Absent for i64 {}
    impl Absent for u32 {}
    impl Absent for u16 {}
    impl Absent for bool {}
}

/// Columns that a sender fills, and the row type of that sender.
macro_rules! sent_columns {
    ($(#[$meta:meta])* $row:ident { $($name:ident: $kind:ident as $type:ty, $doc:literal;)+ }) => {
        const COLUMNS: &[$crate::table::Column] = &[
            $crate::table::EVENT_DATE,
            $crate::table::EVENT_TIME,
            $crate::table::RECEIVED_AT,
            $($crate::table::sent(stringify!($name), $crate::table::ColumnType::$kind, $doc),)+
            $crate::table::ATTRS,
        ];

        $(#[$meta])*
        #[cfg(feature = "rows")]
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        #[expect(clippy::doc_markdown, reason = "the same words are a column's text in docs/tables.md")]
        pub struct $row<'a> {
            $(
                #[doc = $doc]
                #[serde(skip_serializing_if = "crate::declare::Absent::is_absent")]
                pub $name: $type,
            )+
        }
    };
}

/// Columns that log-ingest fills.
macro_rules! stored_columns {
    ($($name:ident: $kind:ident, $doc:literal;)+) => {
        const COLUMNS: &[$crate::table::Column] = &[
            $crate::table::EVENT_DATE,
            $crate::table::EVENT_TIME,
            $crate::table::RECEIVED_AT,
            $($crate::table::stored(stringify!($name), $crate::table::ColumnType::$kind, $doc),)+
        ];
    };
}

/// Columns of a table of which each row belongs to one page view: what is said about the page stands
/// between what comes before and after. [`crate::page_view::OF_THE_PAGE`] names them.
macro_rules! columns_of_a_page_view {
    ({ $($before:tt)* } { $($after:tt)* }) => {
        $crate::declare::stored_columns! {
            page_view_id: Text, "the page view";
            $($before)*
            site: Text, "the publisher's name for the site";
            page_type: Text, "the publisher's kind of page";
            variant: Text, "which way of loading ads the page uses";
            page_path: Text, "path of the page, without query";
            device: Text, "mobile or desktop";
            browser: Text, "class of the browser";
            os: Text, "class of the operating system";
            connection: Text, "effective connection type";
            viewport_width: Int, "width of the viewport in CSS pixels when the page view began";
            viewport_height: Int, "height of the viewport in CSS pixels when the page view began";
            sample_rate: Float, "share of page views that are recorded; each stands for 1 / sample_rate; empty means 1";
            sdk_version: Text, "version of the code that recorded the events";
            $($after)*
        }
    };
}

pub(crate) use {columns_of_a_page_view, sent_columns, stored_columns};
