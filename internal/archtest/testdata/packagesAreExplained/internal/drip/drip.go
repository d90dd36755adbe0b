package drip
