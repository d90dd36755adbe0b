// Command partwork schedules and sends drip series by email.
package main

import (
	"os"
	_ "time/tzdata" // zones on hosts that have none

	"partwork/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
