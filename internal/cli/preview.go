package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/loopback"
	"partwork/internal/preview"
)

// desk is what preview was asked for.
type desk struct {
	listen string
	hosts  []string
	export string
}

func newPreview(e *env) *cobra.Command {
	d := &desk{}
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Show the campaigns in the browser, exactly as they will be sent",
		Long: "Serves the writing desk on this machine: every series as a list in an inbox, and every issue as each\n" +
			"persona would get it, on a desktop, a tablet and a phone, light, dark and inverted, without images, as\n" +
			"plain text, with headers, source and size; what check finds beside the lines it is about; the calendar;\n" +
			"and a form that sends a test. A page that is open follows the files as they are saved. While a file has\n" +
			"an error, the error is shown on top of the last good version.\n\n" +
			"No database is needed. If there is one, it is looked at, to show an issue as a subscriber gets it and\n" +
			"what has changed since it was last sent. Nothing but a test that is asked for is sent. It runs until it\n" +
			"is interrupted, and is for this machine only, unless --listen and --host say otherwise.",
		Example: "  partwork preview\n" +
			"  partwork preview --listen 127.0.0.1:0\n" +
			"  partwork preview --export review   # pages for somebody who has no Partwork\n" +
			"  partwork preview --listen 192.168.1.20:8082 --host desk.home.arpa",
		Args: argCount(0, 0),
	}
	cmd.Flags().StringVar(&d.listen, "listen", "127.0.0.1:8082", "the `ADDRESS` to serve on; port 0 is any free one")
	cmd.Flags().StringArrayVar(&d.hosts, "host", nil, "a `NAME` or address by which other machines may ask for the pages; may be given more than once")
	cmd.Flags().StringVar(&d.export, "export", "", "write the series into `DIR` instead, as pages to read and to print with room for remarks")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if d.export != "" {
			return e.exportDesk(d.export)
		}
		return e.preview(cmd.Context(), d)
	}
	return cmd
}

func (e *env) preview(ctx context.Context, d *desk) error {
	local := loopback.Address(d.listen)
	if !local && len(d.hosts) == 0 {
		return usagef("such as 127.0.0.1:8082; or add --host with the name by which other machines may ask for it, and let only those in who may read drafts",
			"the preview is for this machine only: %q is no loopback address with a port", d.listen)
	}
	f, err := e.openFolder()
	if err != nil {
		return err
	}
	f.close()
	files := app.NewDeskFiles(f.cfg)
	o := preview.Options{
		Load: e.shelf, Now: e.now, Send: e.sendCopy, Hosts: lowered(d.hosts),
		Print: func() string {
			return e.now().In(f.cfg.Location()).Format(time.DateOnly) + files.Print(e.configFile)
		},
	}
	if !local {
		o.Send, o.NoSend = nil, "Tests are sent from this machine only; `partwork send-test` sends one."
	} else if !exists(e.configFile) {
		o.Send, o.NoSend = nil, "There is no "+filepath.Base(e.configFile)+" that names a relay; `partwork init` makes a project with one."
	}
	if exists(e.configFile) && exists(f.cfg.Database.Path()) {
		o.People = deskPeople{e}
	}
	if o.Plan = (deskPeople{e}).Plan; !exists(e.configFile) {
		o.Plan, o.NoPlan = nil, "There is no "+filepath.Base(e.configFile)+" that names a database, so there are no readers to whom an edit could do anything."
	}
	listener, err := net.Listen("tcp", d.listen)
	if err != nil {
		return failf("stop what listens there, or choose another --listen address", "the preview cannot start: %v", err)
	}
	e.note("preview: http://%s/ (stop it with Ctrl-C)", listener.Addr())
	e.stepWhilePreviewing()
	return e.serveDesk(ctx, listener, preview.New(o), files)
}

// serveDesk serves the preview and watches the files until ctx ends.
func (e *env) serveDesk(ctx context.Context, listener net.Listener, p *preview.Preview, files *app.DeskFiles) error {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { p.Run(ctx) })
	running.Go(func() {
		if err := files.Watch(ctx, p.Changed); err != nil {
			e.note("preview: changes of the files cannot be heard of, so load a page again to see them: %v", err)
		}
	})
	return servePages(ctx, listener, p)
}

// lowered returns names in small letters, as they are compared.
func lowered(names []string) []string {
	names = slices.Clone(names)
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	return names
}

// servePages serves until ctx ends.
func servePages(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	grace, done := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer done()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close()
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
