// Package main is a fixture.
package main

func init() {}
