package drip

func init() {}
