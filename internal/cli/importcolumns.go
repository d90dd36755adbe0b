package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/audience"
)

// maxSpread is the longest time over which people of one import may begin.
const maxSpread = 366 * 24 * time.Hour

// readFlags adds the flags that say how a list is read, whatever becomes of it.
func (l *listImport) readFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&l.maps, "map", nil, "what a column means, as `COLUMN=MEANING` such as \"Their mail=email\"; again for each")
	cmd.Flags().StringVar(&l.encoding, "encoding", "", "the `NAME` of the encoding, if it is found out wrong: windows-1250, iso-8859-2, koi8-r …")
	cmd.Flags().StringVar(&l.entry, "entry", "", "the `NAME` of the list in a ZIP archive that has several")
	_ = cmd.RegisterFlagCompletionFunc("encoding", cobra.FixedCompletions(audience.Encodings(), cobra.ShellCompDirectiveNoFileComp))
}

// parse reads the flags that have a form of their own.
func (l *listImport) parse() error {
	for _, text := range l.maps {
		m, err := audience.ParseMapping(text)
		if err != nil {
			return usagef("", "--map: %v", err)
		}
		l.columns = append(l.columns, m)
	}
	var ok bool
	if l.over, ok = parseSpread(l.spread); !ok {
		return usagef("write hours, days or weeks, such as 12h, 7d or 4w, up to a year", "--spread %q is no time", l.spread)
	}
	return nil
}

// readsOtherwise reports whether one of the flags of readFlags was given.
func (l *listImport) readsOtherwise() bool {
	return len(l.maps) > 0 || l.encoding != "" || l.entry != ""
}

// parseSpread reads hours, days or weeks; nothing is zero.
func parseSpread(text string) (time.Duration, bool) {
	if text == "" {
		return 0, true
	}
	unit, ok := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[text[len(text)-1]]
	n, err := strconv.Atoi(text[:len(text)-1])
	if !ok || err != nil || n < 1 || time.Duration(n) > maxSpread/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// showList says what the list turned out to be, where that is worth a line.
func (e *env) showList(r audience.ImportReport) {
	if r.Format != "" {
		e.say("the list: %s", printable(r.Format))
	}
	if len(r.NotKept) > 0 {
		columns := ""
		for i, name := range r.NotKept {
			if i > 0 {
				columns += ", "
			}
			columns += name
		}
		e.say("columns that are not kept: %s", printable(columns))
	}
}
