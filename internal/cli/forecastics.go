package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"partwork/internal/drip"
)

// writeCalendar writes the forecast as an iCalendar file (RFC 5545), one event of
// fifteen minutes an issue. The UIDs are the same each time, so that a calendar
// program updates its entries instead of doubling them.
func writeCalendar(w io.Writer, now time.Time, c *drip.Campaign, list []foreseen) error {
	var b bytes.Buffer
	line := func(name, value string) { foldLine(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Partwork//forecast//EN")
	line("METHOD", "PUBLISH")
	for _, row := range list {
		start := row.Due.time().UTC()
		uid := sha256.Sum256([]byte(c.Key + "/" + row.Issue + "/" + row.Zone))
		line("BEGIN", "VEVENT")
		line("UID", hex.EncodeToString(uid[:12])+"@partwork")
		line("DTSTAMP", icsTime(now))
		line("DTSTART", icsTime(start))
		line("DTEND", icsTime(start.Add(15*time.Minute)))
		line("SUMMARY", icsText(row.Subject))
		line("DESCRIPTION", icsText(row.Issue+": "+row.Reason+" ("+row.Zone+")"))
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the calendar: %w", err)
	}
	return nil
}

// icsTime writes an instant in UTC (RFC 5545 §3.3.5).
func icsTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// icsText escapes a text value (RFC 5545 §3.3.11).
func icsText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "").Replace(s)
}

// foldLine writes a content line of at most 75 octets, folded between characters
// (RFC 5545 §3.1).
func foldLine(b *bytes.Buffer, line string) {
	const limit = 75
	room := limit
	for line != "" {
		n := len(line)
		if n > room {
			for n = room; !utf8.RuneStart(line[n]); n-- {
			}
		}
		b.WriteString(line[:n])
		if line = line[n:]; line != "" {
			b.WriteString("\r\n ")
			room = limit - 1
		}
	}
	b.WriteString("\r\n")
}
