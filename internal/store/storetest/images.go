package storetest

import (
	"reflect"
	"time"

	"partwork/internal/drip"
	"partwork/internal/store"
)

func imageLaws() []law {
	png := store.Image{Name: "0a.png", Type: "image/png", Data: []byte("\x89PNG, as it is")}
	gif := store.Image{Name: "0b.gif", Type: "image/gif", Data: []byte("GIF89a, as it is")}
	return []law{
		{"SaveImages/TheyAreThereByTheirNames", func(w *world) {
			w.must(w.store.SaveImages(w.ctx, []store.Image{png, gif}, w.now))
			w.showsImage(png)
			w.showsImage(gif)
		}},
		{"SaveImages/ANameKeepsItsImageForGood", func(w *world) {
			w.must(w.store.SaveImages(w.ctx, []store.Image{png}, w.now))
			w.pass(time.Hour)
			other := store.Image{Name: png.Name, Type: gif.Type, Data: gif.Data}
			w.must(w.store.SaveImages(w.ctx, []store.Image{other, gif}, w.now))
			w.must(w.store.SaveImages(w.ctx, nil, w.now))
			w.showsImage(png)
			w.showsImage(gif)
		}},
		{"SaveImages/AllOrNone", func(w *world) {
			page := store.Image{Name: "0c.html", Type: "text/html", Data: []byte("<script>")}
			if err := w.store.SaveImages(w.ctx, []store.Image{png, page, gif}, w.now); err == nil {
				w.Error("a page was kept as an image")
			}
			for _, name := range []string{png.Name, page.Name, gif.Name} {
				_, err := w.store.Image(w.ctx, name)
				w.fails(err, drip.ErrNotFound)
			}
		}},
		{"Image/UnknownIsNotFound", func(w *world) {
			w.must(w.store.SaveImages(w.ctx, []store.Image{png}, w.now))
			for _, name := range []string{"", "0A.PNG", "0a.pn", "%"} {
				_, err := w.store.Image(w.ctx, name)
				w.fails(err, drip.ErrNotFound)
			}
		}},
	}
}

// showsImage fails the test unless the image is there as it is.
func (w *world) showsImage(want store.Image) {
	w.Helper()
	got, err := w.store.Image(w.ctx, want.Name)
	w.must(err)
	if !reflect.DeepEqual(got, want) {
		w.Errorf("the image is %+v, want %+v", got, want)
	}
}
