package app

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"partwork/internal/config"
)

// backupTime is how the name of a copy tells its time, in UTC. Names in order are
// times in order.
const backupTime = "20060102T150405Z"

// backupPattern fits the names that backupName makes, and no others.
var backupPattern = regexp.MustCompile(`^partwork-(\d{8}T\d{6}Z)\.db$`)

// partialSuffix is in the name of a copy until it was checked.
const partialSuffix = ".partial-"

// leftoverAge is the age after which a partial copy is taken for one that was cut
// off: no copying goes a day without writing.
const leftoverAge = 24 * time.Hour

func backupName(at time.Time) string { return "partwork-" + at.UTC().Format(backupTime) + ".db" }

// backupsIn returns the times of the copies in a folder, the latest first. Only
// copies that were checked have such names.
func backupsIn(dir string) []time.Time {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // there is no folder, or nothing in it that we may read
	}
	var times []time.Time
	for _, entry := range entries {
		match := backupPattern.FindStringSubmatch(entry.Name())
		if match == nil || !entry.Type().IsRegular() {
			continue
		}
		if at, err := time.Parse(backupTime, match[1]); err == nil {
			times = append(times, at)
		}
	}
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	return times
}

// prune removes the oldest copies beyond the number to keep, and returns the files
// that it removed.
func prune(dir string, keep int) (removed []string, err error) {
	times := backupsIn(dir)
	for _, at := range times[min(keep, len(times)):] {
		name := filepath.Join(dir, backupName(at))
		if err := os.Remove(name); err != nil {
			return removed, fmt.Errorf("remove an old backup: %w", err)
		}
		removed = append(removed, name)
	}
	return removed, nil
}

// removeLeftovers removes what copies to the same folder left behind that were cut
// off long ago, by a power failure for example.
func removeLeftovers(file string, now time.Time) {
	dir := filepath.Dir(file)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		name := entry.Name()
		if !leftoverPattern.MatchString(name) && !isPartialOf(name, filepath.Base(file)) {
			continue
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > leftoverAge {
			_ = os.Remove(filepath.Join(dir, name))
		}
	}
}

// leftoverPattern fits partial copies with names of our own.
var leftoverPattern = regexp.MustCompile(`^partwork-\d{8}T\d{6}Z\.db\.partial-[a-z0-9]{8}(-journal|-wal|-shm)?$`)

// isPartialOf reports whether a name is that of a partial copy of base.
func isPartialOf(name, base string) bool {
	rest, ok := strings.CutPrefix(name, base+partialSuffix)
	return ok && partialRest.MatchString(rest)
}

var partialRest = regexp.MustCompile(`^[a-z0-9]{8}(-journal|-wal|-shm)?$`)

// BackupState says how things stand with the scheduled copies.
type BackupState struct {
	// Last is when the latest copy in the folder was made; zero if there is none.
	Last time.Time
	File string
	// Next is when the schedule comes next; zero if it is off.
	Next time.Time
	// Overdue says that two occurrences of the schedule have passed without one.
	Overdue bool
}

// backupState looks into the folder of backups. A database made at since, zero if
// unknown, cannot have older ones.
func backupState(cfg *config.Config, since, now time.Time) BackupState {
	var state BackupState
	if times := backupsIn(cfg.Backup.Dir); len(times) > 0 {
		state.Last, state.File = times[0], filepath.Join(cfg.Backup.Dir, backupName(times[0]))
	}
	schedule, on := newBackupSchedule(cfg)
	if !on {
		return state
	}
	state.Next = schedule.after(now)
	from := state.Last
	if since.After(from) {
		from = since
	}
	state.Overdue = !from.IsZero() && schedule.after(schedule.after(from)).Before(now)
	return state
}
