// Package drip is a fixture.
package drip

type light struct{}

func (light) init() {}

func initial() {}

func init() {}
