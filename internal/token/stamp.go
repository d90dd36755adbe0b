package token

// Stamp is in a form that a page shows to strangers: when, and for what, it was made.
// It is in no letter. (The numbers below 32 are for links.)
const Stamp Purpose = 32
