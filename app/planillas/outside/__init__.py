"""Opening an upload: workbooks in a process of their own, and text of any encoding."""
