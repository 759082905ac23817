"""Staff pages that combine several apps; an app's own staff pages are in its `admin`."""
