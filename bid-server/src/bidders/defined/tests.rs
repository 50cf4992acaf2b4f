//! Plans carried out: see the cases of the definitions; here only what they cannot show.
