//! Refuses a statement for its shape, before anything is planned from it.
//!
//! Parsing and planning walk a statement's tree, so that time and stack grow with its depth, and a WITH
//! query that is named twice is planned twice. A few kilobytes could ask for a plan of any size.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    ObjectName, Query, Statement, TableFactor, Visit as _, Visitor,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::QueryError;
use super::limits::MAX_STATEMENT;
use super::sql_state::SqlState;

/// Words, numbers, texts and signs of a statement.
const MOST_TOKENS: usize = 20_000;

/// Operators, which a chain such as `1 + 1 + 1` nests one inside the other.
const MOST_OPERATORS: usize = 2_000;

/// Brackets within brackets.
const MOST_NESTED: usize = 100;

/// `JOIN`s: the optimiser looks at each with all columns of those before.
const MOST_JOINS: usize = 100;

/// Tables that are read, a WITH query counted as often as it is named.
const MOST_RELATIONS: u64 = 1_000;

/// Checks the text of a statement.
pub fn check_text(sql: &str) -> Result<(), QueryError> {
    if sql.len() > MAX_STATEMENT {
        return Err(too_complex("bytes", MAX_STATEMENT));
    }
    let dialect = PostgreSqlDialect {};
    // What cannot be taken apart is refused by the parser, which says where.
    let Ok(tokens) = Tokenizer::new(&dialect, sql).tokenize() else {
        return Ok(());
    };
    let (mut count, mut operators, mut joins, mut depth) = (0, 0, 0, 0_usize);
    for token in &tokens {
        if matches!(token, Token::Whitespace(_)) {
            continue;
        }
        count += 1;
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        joins += usize::from(is_join(token));
        operators += usize::from(chains(token));
        if depth > MOST_NESTED {
            return Err(too_complex("brackets within brackets", MOST_NESTED));
        }
    }
    if count > MOST_TOKENS {
        return Err(too_complex("words and signs", MOST_TOKENS));
    }
    if operators > MOST_OPERATORS {
        return Err(too_complex("operators", MOST_OPERATORS));
    }
    if joins > MOST_JOINS {
        return Err(too_complex("joins", MOST_JOINS));
    }
    Ok(())
}

fn is_join(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.keyword == Keyword::JOIN)
}

/// Whether the parser makes the tree one level deeper for it.
fn chains(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::XOR
                | Keyword::IS
                | Keyword::NOTNULL
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::SIMILAR
                | Keyword::RLIKE
                | Keyword::REGEXP
                | Keyword::BETWEEN
                | Keyword::COLLATE
                | Keyword::AT
                | Keyword::UNION
                | Keyword::EXCEPT
                | Keyword::INTERSECT
                | Keyword::DIV
                | Keyword::OPERATOR
                | Keyword::OVERLAPS
                | Keyword::MEMBER
                | Keyword::JOIN
        ),
        Token::Number(..)
        | Token::Char(_)
        | Token::Comma
        | Token::Period
        | Token::SemiColon
        | Token::LParen
        | Token::RParen
        | Token::RBracket
        | Token::LBrace
        | Token::RBrace
        | Token::Placeholder(_)
        | Token::Whitespace(_)
        | Token::EOF => false,
        // What is left is signs, and texts of a dozen kinds, which are treated the same: a statement has few of them.
        other => !is_text(other),
    }
}

fn is_text(token: &Token) -> bool {
    matches!(
        token,
        Token::SingleQuotedString(_)
            | Token::DoubleQuotedString(_)
            | Token::DollarQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::HexStringLiteral(_)
            | Token::SingleQuotedByteStringLiteral(_)
    )
}

/// Checks that a text that is to be prepared is one statement: of several the engine would run the first and forget
/// the others.
pub fn check_single(sql: &str) -> Result<(), QueryError> {
    let dialect = PostgreSqlDialect {};
    let Ok(tokens) = Tokenizer::new(&dialect, sql).tokenize() else {
        return Ok(());
    };
    let words = tokens
        .iter()
        .filter(|token| !matches!(token, Token::Whitespace(_) | Token::EOF));
    let mut after_the_first = words.skip_while(|token| **token != Token::SemiColon);
    if after_the_first.any(|token| *token != Token::SemiColon) {
        let message = "several statements cannot be prepared as one";
        return Err(QueryError::sql(SqlState::Syntax, message));
    }
    Ok(())
}

/// Checks the tree of a statement.
pub fn check_tree(statement: &Statement) -> Result<(), QueryError> {
    let mut weigher = Weigher::default();
    match statement.visit(&mut weigher) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

fn too_complex(what: &str, most: usize) -> QueryError {
    QueryError::TooComplex(format!("it has more than {most} {what}"))
}

/// Adds up what each query reads.
#[derive(Debug, Default)]
struct Weigher(Vec<Frame>);

/// A query that is being weighed.
#[derive(Debug, Default)]
struct Frame {
    weight: u64,
    /// The names of its WITH queries, by where their bodies are.
    names: Vec<(*const Query, String)>,
    /// The WITH queries whose bodies have been weighed.
    weighed: Vec<(String, u64)>,
}

impl Weigher {
    fn weight_of(&self, name: &str) -> u64 {
        let mut known = self.0.iter().rev().flat_map(|frame| frame.weighed.iter());
        let found = known.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or(1, |(_, weight)| *weight)
    }
}

impl Visitor for Weigher {
    type Break = QueryError;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<QueryError> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        let names = with.map(|cte| {
            let body: *const Query = &raw const *cte.query;
            (body, cte.alias.name.value.clone())
        });
        self.0.push(Frame {
            names: names.collect(),
            ..Frame::default()
        });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<QueryError> {
        let weight = self.0.pop().map_or(1, |frame| frame.weight.max(1));
        if let Some(parent) = self.0.last_mut() {
            let at = &raw const *query;
            match parent
                .names
                .iter()
                .find(|(body, _)| std::ptr::eq(*body, at))
            {
                Some((_, name)) => parent.weighed.push((name.clone(), weight)),
                None => parent.weight = parent.weight.saturating_add(weight),
            }
        }
        if weight > MOST_RELATIONS {
            return ControlFlow::Break(QueryError::TooComplex(format!(
                "it reads more than {MOST_RELATIONS} tables, a WITH query counted as often as it is named"
            )));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<QueryError> {
        let name = relation.0.last().map(ToString::to_string);
        let weight = self.weight_of(name.unwrap_or_default().trim_matches('"'));
        if let Some(frame) = self.0.last_mut() {
            frame.weight = frame.weight.saturating_add(weight);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<QueryError> {
        if let TableFactor::Table {
            sample: Some(_), ..
        } = factor
        {
            // The engine would leave it out without a word, and count every row.
            let message = "TABLESAMPLE is not supported: use WHERE random() < 0.1";
            return ControlFlow::Break(QueryError::sql(SqlState::Unsupported, message));
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests;
