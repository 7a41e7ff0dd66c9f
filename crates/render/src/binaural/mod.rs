//! Lanes to two ears through head-related transfer functions.
