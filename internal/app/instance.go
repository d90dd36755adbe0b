package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"partwork/internal/audience"
	"partwork/internal/compose"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/feedback"
	"partwork/internal/fence"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
	"partwork/internal/store/sqlite"
	"partwork/internal/timing"
	"partwork/internal/token"
	"partwork/templates"
)

// Options say how to open an instance.
type Options struct {
	// Config is validated and complete.
	Config *config.Config
	// Log receives everything worth a line; nil discards.
	Log *slog.Logger
	// Calendar is calendar time; nil means the machine's clock.
	Calendar timing.Clock
	// Campaigns replaces the folder of the configuration if it is not nil.
	Campaigns fs.FS
	// NoMigrate refuses a database whose schema is older than the program
	// instead of bringing it up to date.
	NoMigrate bool
	// ToServe is for an instance that will serve: Open takes the lock of the database,
	// and hears whether another machine serves it, before it migrates anything or
	// takes any file in, and Close gives the lock back. If another process serves the
	// database, the error of Open wraps ErrServed.
	ToServe bool
	// beat replaces beatEvery in tests.
	beat time.Duration
	// Look opens the instance for looking only; see there.
	Look Look
}

// Instance is an opened installation: database, secrets and campaigns. Commands
// use it beside a running serve; Serve runs it.
type Instance struct {
	Config   *config.Config
	Store    store.Store
	Audience *audience.Audience
	Library  *Library
	Zones    *timing.Zones
	Hasher   mailaddr.Hasher
	Keys     *token.Keyring
	// Bounces are the addresses that bounces of deliveries go to.
	Bounces feedback.ReturnPath

	composer *composer
	calendar timing.Clock
	machine  timing.Clock
	log      *slog.Logger
	layouts  fs.FS
	folders  []string // to be watched
	database string   // the file
	uuid     string   // of the database; known while serving
	placed   *os.File // the same, from when it was opened
	// secretSeen is what the file of the keys looked like when it was read last.
	secretSeen glimpse
	beat       time.Duration
	state      fence.Folder
	writer     int64       // the number of the serve, 0 for any other command
	lock       *fence.Lock // if Open took it
	// silent is another machine's serve that Open has waited for and not heard.
	silent store.Server
	// unjournaled tells that the journal lacks a withdrawal.
	unjournaled atomic.Bool
	// epoch is the latest that this process has made the database's.
	epoch   atomic.Int64
	scratch string // a folder to remove in the end; empty if there is none
	// check looks whether the database's file is sound; unclean says that there is
	// a reason to.
	check   func(context.Context) error
	unclean bool
}

// Open opens an instance and reads its campaigns. Findings in the campaign
// files are not an error; see Library.Findings. If files of a campaign that has
// readers were changed a moment ago, Open waits until they are at rest.
func Open(ctx context.Context, opts Options) (*Instance, error) {
	in := &Instance{
		Config: opts.Config, Zones: timing.NewZones(),
		calendar: opts.Calendar, machine: time.Now, log: opts.Log, beat: beatEvery,
	}
	if in.calendar == nil {
		in.calendar = time.Now
	}
	if opts.beat > 0 {
		in.beat = opts.beat
	}
	if in.log == nil {
		in.log = slog.New(slog.DiscardHandler)
	}
	if err := in.open(ctx, opts); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

func (in *Instance) open(ctx context.Context, opts Options) error {
	cfg := opts.Config
	if cfg.Database.IsPostgres() {
		return errors.New("this version keeps its data in SQLite only: set database to the name of a file")
	}
	err := checkPlace(cfg)
	if err != nil {
		return err
	}
	if in.scratch, err = scratch(opts); err != nil {
		return err
	}
	at := placesOf(opts, in.scratch)
	if err := os.MkdirAll(filepath.Dir(at.database), 0o700); err != nil {
		return fmt.Errorf("create the database's folder: %w", err)
	}
	in.state, in.database = fence.At(cfg.StateDir), at.database
	if opts.ToServe {
		if err := in.lockIfThere(); err != nil {
			return err
		}
		if err := in.hearOthers(ctx); err != nil {
			return err
		}
	}
	in.unclean = endedUncleanly(at.database)
	db, err := sqlite.Open(ctx, at.database, sqlite.Options{
		NoMigrate: opts.NoMigrate, ReadOnly: opts.Look != 0 && in.scratch == "",
		BeforeMigrate: in.copyBefore(cfg),
	})
	if err != nil {
		return err
	}
	in.Store = journaled{db, in}
	in.check = db.Check
	if err := in.notePlace(); err != nil {
		return err
	}
	if opts.ToServe {
		if err := in.lockForServing(); err != nil {
			return err
		}
	}
	if err := in.openKeys(ctx, at.secret, db); err != nil {
		return err
	}
	in.Bounces = feedback.NewReturnPath(cfg.Bounces.Mailbox(), in.Keys)
	in.Audience = audience.New(audience.Options{
		Stores: in.Store, Hasher: in.Hasher, Keyring: in.Keys, Zones: in.Zones, Calendar: in.calendar, Machine: in.machine,
		Planner: outlook{in}, SignUps: signUpRules(cfg), Shelf: shelved{in},
	})
	return in.openLibrary(ctx, opts)
}

func (in *Instance) openLibrary(ctx context.Context, opts Options) (err error) {
	cfg := opts.Config
	open := folderOf(opts.Campaigns)
	if opts.Campaigns == nil {
		open, in.folders = folderAt(cfg.Campaigns), append(in.folders, cfg.Campaigns)
	}
	if cfg.Templates != "" {
		in.folders = append(in.folders, cfg.Templates)
	}
	in.layouts = templates.Overlay(cfg.Templates)
	in.Library = newLibrary(open, in.layouts, in.Store, cfg, in.machine)
	in.composer = &composer{
		store: in.Store, library: in.Library, people: in.Audience, keys: in.Keys, base: cfg.PublicURL, bounces: in.Bounces,
		zones: in.Zones, zone: cfg.Timezone, log: in.log, compiled: make(map[drip.ContentID]*compose.Edition),
	}
	in.composer.signers, in.composer.unsignable = signersOf(cfg)
	switch {
	case opts.Look == LookAtRecords:
		return in.Library.recall(ctx)
	case opts.Look == LookAtFiles && in.scratch == "":
		err = in.Library.look(ctx, in.calendar())
	default:
		err = in.Library.settle(ctx, in.calendar())
	}
	if err != nil {
		return err
	}
	if _, closer, err := open(); err == nil {
		return closer.Close()
	} else if len(in.Library.Programs()) == 0 {
		// There is nothing to go on with; most likely the name is wrong.
		return fmt.Errorf("open the campaigns folder: %w", err)
	}
	return nil
}

// Now returns the instance's calendar time.
func (in *Instance) Now() time.Time { return in.calendar() }

// Close closes the database, and gives its lock back if Open took it.
func (in *Instance) Close() error {
	var err error
	if in.Store != nil {
		err = in.Store.Close()
	}
	if in.placed != nil {
		err = errors.Join(err, in.placed.Close())
		in.placed = nil
	}
	err = errors.Join(err, in.unlock())
	if in.scratch != "" {
		err = errors.Join(err, os.RemoveAll(in.scratch))
	}
	return err
}
