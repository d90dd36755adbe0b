package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"partwork/internal/app"
	"partwork/internal/config"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
	"partwork/internal/store"
)

// config reads the configuration.
func (e *env) config() (*config.Config, error) {
	cfg, err := config.Load(e.configFile, e.environ)
	var findings config.Findings
	switch {
	case err == nil && cfg.Database.IsPostgres():
		return nil, usagef("set database to the name of a file, such as data/partwork.db",
			"this version keeps its data in SQLite only, and database is a PostgreSQL server")
	case err == nil, errors.As(err, &findings):
		return cfg, err
	case errors.Is(err, fs.ErrNotExist):
		return nil, usagef("`partwork init DIR` makes a project; --config names the file of one that is elsewhere",
			"there is no configuration: %s does not exist", e.configFile)
	default:
		return nil, usagef("", "%v", err)
	}
}

// files is config for commands that only read campaigns: without a
// configuration the folder ./campaigns will do.
func (e *env) files() (*config.Config, error) {
	if e.configFile == defaultConfig {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return config.Load("", e.environ)
		}
	}
	return e.config()
}

// open opens the instance beside a running serve, if there is one; to look only,
// if look says so.
func (e *env) open(ctx context.Context, look app.Look) (*app.Instance, error) {
	cfg, err := e.config()
	if err != nil {
		return nil, err
	}
	if err := app.CheckSchema(ctx, cfg); err != nil {
		return nil, err
	}
	opts := app.Options{Config: cfg, Calendar: e.now, Look: look}
	if look == app.LookAtRecords {
		return app.Open(ctx, opts)
	}
	return e.openWith(ctx, opts)
}

// openWith opens the instance. Without its campaigns folder it goes on with what
// the database knows, if it knows anything.
func (e *env) openWith(ctx context.Context, opts app.Options) (*app.Instance, error) {
	_, missing := os.Stat(opts.Config.Campaigns)
	if !errors.Is(missing, fs.ErrNotExist) {
		return app.Open(ctx, opts)
	}
	if _, err := os.Stat(opts.Config.Database.Path()); errors.Is(err, fs.ErrNotExist) {
		return nil, noFolder(opts.Config, missing) // nothing is made in what may be the wrong place
	}
	in, err := app.Open(ctx, opts)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noFolder(opts.Config, missing)
	}
	return in, err
}

// with runs a command on an opened instance, which has taken the files in.
func (e *env) with(ctx context.Context, do func(*app.Instance) error) error {
	in, err := e.open(ctx, 0)
	if err != nil {
		return err
	}
	err = errors.Join(do(in), in.Close())
	if in.Unjournaled() {
		e.note("partwork: it is done, but could not be written into the journal in %s; `partwork serve` adds it when it can", relative(in.Config.StateDir))
	}
	return err
}

// looking runs a command that only reads. Nothing is made or changed by it, and no
// edit is taken in.
func (e *env) looking(ctx context.Context, look app.Look, do func(*app.Instance) error) error {
	in, err := e.open(ctx, look)
	if err != nil {
		return err
	}
	if path := in.Config.Database.Path(); !exists(path) {
		e.note("there is no database yet; `partwork serve` makes %s, and so does adding somebody", relative(path))
	}
	return errors.Join(do(in), in.Close())
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// campaignRecord finds a campaign that the database knows, also one whose files are
// broken or gone.
func campaignRecord(ctx context.Context, in *app.Instance, id string) (store.CampaignRecord, error) {
	records, err := in.Store.Campaigns(ctx)
	if err != nil {
		return store.CampaignRecord{}, err
	}
	var ids []string
	for _, r := range records {
		if r.ID == id {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	if slices.Contains(in.Library.Differing(), id) {
		return store.CampaignRecord{}, failf("`partwork serve` takes it in, and so does enrolling somebody",
			"campaign %q is new: the database does not know it yet", id)
	}
	return store.CampaignRecord{}, noCampaign(id, ids)
}

// noCampaign says that a campaign does not exist, and which do.
func noCampaign(id string, ids []string) error {
	advice := "`partwork check` says what is wrong with the campaigns folder"
	switch near := nearest(id, ids); {
	case near != "":
		advice = "did you mean " + near + "?"
	case len(ids) > 0:
		advice = "`partwork campaign list` shows the campaigns"
	}
	return failf(advice, "there is no campaign %q", id)
}

// person finds a subscriber by the address that was typed, or by the number that logs
// and reports have instead.
func person(ctx context.Context, in *app.Instance, typed string) (drip.Subscriber, error) {
	if no, err := strconv.ParseInt(typed, 10, 64); err == nil {
		s, err := in.Store.Subscriber(ctx, drip.SubscriberID(no))
		if errors.Is(err, drip.ErrNotFound) {
			err = failf("`partwork subscriber list` shows everyone", "there is no subscriber number %d", no)
		}
		return s, err
	}
	address, err := mailaddr.Parse(typed)
	if err != nil {
		return drip.Subscriber{}, err
	}
	s, err := in.Store.SubscriberByEmail(ctx, address)
	if errors.Is(err, drip.ErrNotFound) {
		return s, failf("`partwork subscriber list` shows everyone", "nobody has the address %s", address)
	}
	return s, err
}

// relative writes a path as seen from the working directory, if that is
// shorter.
func relative(path string) string {
	wd, err := filepath.Abs(".")
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
