package config

import (
	"partwork/internal/timing"
)

// Backup says when serve copies the database, where to, and how many copies it
// keeps.
type Backup struct {
	Schedule string `yaml:"schedule" type:"cron expression" default:"30 3 * * *" doc:"When serve makes a checked copy of the database, on the clock of timezone: a five-field cron expression, or off. What was missed is made up for after the next start."`
	Dir      string `yaml:"dir" type:"path" default:"data/backups" doc:"The folder of these copies, and of those of partwork backup without a name. Another disk is better; off this machine is best."`
	Keep     int    `yaml:"keep" default:"7" doc:"How many copies stay, from 1 to 1000. Older ones are removed when a new one has been checked; files with other names never are."`
}

// backupOff is the schedule that never comes.
const backupOff = "off"

// When returns the schedule; false if there is none.
func (b Backup) When() (timing.Schedule, bool) {
	if b.Schedule == backupOff {
		return timing.Schedule{}, false
	}
	s, err := timing.ParseSchedule(b.Schedule)
	return s, err == nil
}

func (l *loader) validateBackup(b *Backup) {
	if b.Schedule != backupOff {
		if _, err := timing.ParseSchedule(b.Schedule); err != nil {
			l.report("backup.schedule", quote(b.Schedule)+" cannot be used", `write a cron expression such as "30 3 * * *", or off`)
		}
	}
	l.checkRange("backup.keep", b.Keep, 1, 1000)
}
