package drip

func broken() { panic("x") }
