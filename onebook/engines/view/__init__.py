"""What a page needs: menus, form descriptions, allowed transitions."""
