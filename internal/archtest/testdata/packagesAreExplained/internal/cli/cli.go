// Package cli is too far away.

package cli
