// Package main is a fixture.
package main

import (
	"database/sql"
)
