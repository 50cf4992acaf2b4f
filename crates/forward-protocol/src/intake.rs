//! What a receiver makes of one complete object that it may have to answer for.
//!
//! A client that gets no ack sends the same bytes again, for days, and then drops whatever queued up behind them. So a
//! message whose shape and option can be read is taken in any case: what is not an event in it is set aside. Only
//! bytes that are not a message at all are refused.

use crate::error::DecodeError;
use crate::limits::Limits;
use crate::message::{Frame, Message};
use crate::option::MessageOption;
use crate::reader::{Reader, Token};

/// One complete object, as far as it can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intake<'a> {
    /// nil, reserved as a heartbeat; no answer.
    Heartbeat,
    /// A message; [`crate::Entries::next_or_fault`] separates its good entries from its bad ones.
    Message(Message<'a>),
    /// A message without any event that can be read.
    Broken(BrokenMessage<'a>),
}

/// A message that can be acknowledged but not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenMessage<'a> {
    /// What is wrong with it.
    pub error: DecodeError,
    /// Its tag, if that is not what is wrong.
    pub tag: Option<&'a str>,
    /// What the client asked for.
    pub option: MessageOption<'a>,
}

impl<'a> Intake<'a> {
    /// Reads the one object that a scanner found complete.
    ///
    /// # Errors
    /// [`DecodeError::NotAMessage`] and [`DecodeError::BadOption`]: there is nothing to acknowledge.
    pub fn read(frame: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        match Frame::decode(frame, limits) {
            Ok(Frame::Heartbeat) => Ok(Self::Heartbeat),
            Ok(Frame::Message(message)) => Ok(Self::Message(message)),
            Err(error @ (DecodeError::NotAMessage(_) | DecodeError::BadOption)) => Err(error),
            Err(error) => BrokenMessage::read(frame, error).map(Self::Broken),
        }
    }
}

impl<'a> BrokenMessage<'a> {
    fn read(frame: &'a [u8], error: DecodeError) -> Result<Self, DecodeError> {
        let not = DecodeError::NotAMessage("wrong number of elements for its mode");
        let mut reader = Reader::new(frame);
        let Token::Array(elements) = reader.token()? else {
            return Err(not);
        };
        let tag = match Reader::new(reader.raw()?).token()? {
            Token::Str(tag) | Token::Bin(tag) => std::str::from_utf8(tag).ok(),
            _ => None,
        };
        let before_option = match Reader::new(reader.raw()?).token()? {
            Token::Array(_) | Token::Str(_) | Token::Bin(_) => 2,
            _ => {
                if elements < 3 {
                    return Err(not);
                }
                reader.raw()?;
                3
            }
        };
        let option = match elements.checked_sub(before_option) {
            Some(0) => MessageOption::default(),
            Some(1) => MessageOption::read(&mut reader)?,
            _ => return Err(not),
        };
        let tag = tag.filter(|_| error != DecodeError::BadTag);
        Ok(Self { error, tag, option })
    }
}
