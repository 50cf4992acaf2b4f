//! Where a part comes from, and the name and the id that follow from it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use siphasher::sip128::SipHasher13;

use super::packer::Part;

/// From which bytes of the buffer a part comes.
#[derive(Debug, Clone)]
pub(crate) struct WorkId {
    /// The buffer's random name.
    pub(crate) buffer_id: String,
    /// The first segment of the work.
    pub(crate) seq: u64,
    /// How the parts were cut.
    pub(crate) shape: u64,
}

impl WorkId {
    /// The name of an object, without its ending.
    pub(crate) fn name(&self, part: u64) -> String {
        let Self {
            buffer_id,
            seq,
            shape,
        } = self;
        format!("{buffer_id}-{seq:020}-{part:06}-{shape:016x}")
    }

    /// The chunk id of a part: 128 bits in base64, as the protocol has it.
    pub(crate) fn id(&self, part: &Part) -> String {
        let name = format!("{} {}", self.name(part.number), part.tag);
        let hash = SipHasher13::new().hash(name.as_bytes()).as_bytes();
        STANDARD.encode(hash)
    }
}
