// Package twin is the simulator's twin outside of the program. The simulator drives
// the machines with a made-up world, so that a seed replays exactly; here the real
// binary runs on a real file against a real socket, is killed at hundreds of moments,
// and is started again on what it left. In the end what the relay took is held
// against what the ledger says.
//
// It has tests only.
package twin
