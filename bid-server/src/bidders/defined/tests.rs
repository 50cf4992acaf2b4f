//! How plans are carried out is shown by the cases of the definitions; here is only what they cannot show.
