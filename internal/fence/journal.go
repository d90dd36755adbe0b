package fence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// journalFile is the name of the journal: one line for each withdrawal, such as
//
//	2026-03-24T09:00:00.000Z suppressed 8c6976e5b5410415bde908bd4dee15df reader
//	2026-03-24T09:00:00.000Z left 8c6976e5b5410415bde908bd4dee15df reader s7k2qd
//	2026-03-24T09:01:00.000Z lifted 8c6976e5b5410415bde908bd4dee15df reader
//	2026-03-24T09:02:00.000Z suppressed 8c6976e5b5410415bde908bd4dee15df admin s7k2qd
//
// It only grows. There is one line a withdrawal, about 80 bytes, so it does not pay to
// rewrite it, and what is never rewritten cannot be lost by it.
const journalFile = "withdrawals.journal"

const lineTime = "2006-01-02T15:04:05.000Z"

// Append adds withdrawals to the journal and returns when they are on disk. Several
// processes may do so at once. A line that a crash tore before is ended first.
func (f Folder) Append(list ...drip.Withdrawal) (err error) {
	if len(list) == 0 {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("make the state folder: %w", err)
	}
	name := filepath.Join(f.dir, journalFile)
	_, missing := os.Stat(name)
	file, err := lockFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return fmt.Errorf("open the journal of withdrawals: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var lines bytes.Buffer
	if torn, err := isTorn(file); err != nil {
		return fmt.Errorf("read the journal of withdrawals: %w", err)
	} else if torn {
		lines.WriteByte('\n')
	}
	for _, w := range list {
		lines.WriteString(formatLine(w))
	}
	if _, err := file.Write(lines.Bytes()); err != nil {
		return fmt.Errorf("write the journal of withdrawals: %w", err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("write the journal of withdrawals: %w", err)
	}
	if missing != nil {
		return f.sync()
	}
	return nil
}

// isTorn reports whether the last line has no end.
func isTorn(file *os.File) (bool, error) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], info.Size()-1)
	return last[0] != '\n', err
}

// Journal is what was read of a journal.
type Journal struct {
	List []drip.Withdrawal
	// Size is how many bytes the whole lines of the journal have.
	Size int64
	// Bad are the numbers of lines that cannot be read. A torn last line does not
	// count: whoever wrote it died before anybody was told that it was done.
	Bad []int
	// Short tells that the journal is shorter than was asked for: it is not the one
	// that it was, and all of it was read.
	Short bool
}

// Journal reads the journal from a size that it had on; 0 reads all. There being no
// journal is an empty one.
func (f Folder) Journal(from int64) (Journal, error) {
	b, err := os.ReadFile(filepath.Join(f.dir, journalFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Journal{}, fmt.Errorf("read the journal of withdrawals: %w", err)
	}
	j := Journal{Size: int64(bytes.LastIndexByte(b, '\n') + 1)}
	if from > j.Size || from > 0 && b[from-1] != '\n' {
		from, j.Short = 0, true
	}
	number := bytes.Count(b[:from], []byte{'\n'})
	for line := range bytes.Lines(b[from:j.Size]) {
		number++
		w, err := parseLine(strings.TrimSuffix(string(line), "\n"))
		if err != nil {
			j.Bad = append(j.Bad, number)
			continue
		}
		j.List = append(j.List, w)
	}
	return j, nil
}

// JournalSize returns the size of the journal's whole lines.
func (f Folder) JournalSize() (int64, error) {
	file, err := os.Open(filepath.Join(f.dir, journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look at the journal of withdrawals: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	tail := make([]byte, min(info.Size(), 4<<10)) // far longer than a line
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("look at the journal of withdrawals: %w", err)
	}
	return info.Size() - int64(len(tail)-bytes.LastIndexByte(tail, '\n')-1), nil
}

func formatLine(w drip.Withdrawal) string {
	what, reason := "left", string(w.Left)
	switch {
	case w.Lifted:
		what, reason = "lifted", string(w.Suppressed)
	case w.Suppressed != "":
		what, reason = "suppressed", string(w.Suppressed)
	}
	line := fmt.Sprintf("%s %s %s %s", w.At.UTC().Format(lineTime), what, w.Hash, reason)
	if w.Campaign != "" {
		line += " " + w.Campaign
	}
	return line + "\n"
}

func parseLine(line string) (drip.Withdrawal, error) {
	parts := strings.Split(line, " ")
	if len(parts) < 4 {
		return drip.Withdrawal{}, errors.New("there is something missing")
	}
	at, err := time.Parse(lineTime, parts[0])
	if err != nil {
		return drip.Withdrawal{}, err
	}
	hash, err := mailaddr.ParseHash(parts[2])
	if err != nil {
		return drip.Withdrawal{}, err
	}
	w := drip.Withdrawal{Hash: hash, At: at}
	if len(parts) == 5 {
		w.Campaign = parts[4]
	}
	if len(parts) > 5 || len(parts) == 5 && w.Campaign == "" {
		return drip.Withdrawal{}, errors.New("it is no withdrawal")
	}
	// An erasure is of everything, and for good.
	reason := drip.SuppressionReason(parts[3])
	suppression := isReason(reason) && (reason != drip.SuppressedByErasure || w.Campaign == "")
	switch {
	case parts[1] == "suppressed" && suppression:
		w.Suppressed = reason
	case parts[1] == "lifted" && suppression && reason != drip.SuppressedByErasure:
		w.Suppressed, w.Lifted = reason, true
	case parts[1] == "left" && w.Campaign != "" &&
		(drip.LeaveReason(parts[3]) == drip.LeftByReader || drip.LeaveReason(parts[3]) == drip.LeftByAdmin):
		w.Left = drip.LeaveReason(parts[3])
	default:
		return drip.Withdrawal{}, errors.New("it is no withdrawal")
	}
	return w, nil
}

func isReason(r drip.SuppressionReason) bool {
	switch r {
	case drip.SuppressedByReader, drip.SuppressedByAdmin, drip.SuppressedByBounce, drip.SuppressedByComplaint, drip.SuppressedByErasure:
		return true
	}
	return false
}
