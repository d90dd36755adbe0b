package app

import (
	"os"
	"time"

	"partwork/internal/store"
)

// SetBeat has a serve of the instance beat that often.
func SetBeat(in *Instance, d time.Duration) { in.beat = d }

// DeadServer is a process of this machine that was killed.
func DeadServer() store.Server {
	host, _ := os.Hostname()
	return store.Server{Owner: 4711, PID: 1 << 30, Host: host, Machine: machineID(host), StartedAt: time.Now()}
}

// BeatingEvery returns options with which a serve beats that often from its opening on.
func BeatingEvery(opts Options, d time.Duration) Options {
	opts.beat = d
	return opts
}
